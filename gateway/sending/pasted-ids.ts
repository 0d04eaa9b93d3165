import { CsvError, parse } from 'csv-parse/sync';
import { idCharacter, maxIdLength } from '../api/schemas.ts';
import { maxUserIds } from './named-people.ts';

/** Why a line names nobody: a quote without an end, an empty cell, or what no id can be. */
type LineFault = 'quote' | 'empty' | 'id';

/** A line that is not right, counted from 1, and the beginning of what it says. */
type WrongLine = {
  readonly line: number;
  readonly fault: LineFault;
  readonly text: string;
};

/** Ids that somebody pasted, each once, with the line where each comes first. */
export type PastedIds = {
  readonly ids: readonly string[];
  readonly lineOf: ReadonlyMap<string, number>;
  readonly repeated: number;
  /** Of a table the column that was taken; null: every cell is an id. */
  readonly column: string | null;
  readonly wrong: readonly WrongLine[];
  /** More than a request may list; what comes after them was not read. */
  readonly isTooLong: boolean;
};

const separators = [';', '\t', ','] as const;
/** Columns that hold ids, the likelier first. */
const columns = ['user_id', 'userid', 'user', 'id'];
const idPattern = new RegExp(`^${idCharacter}+$`);
const maxShownChars = 40;

const cellsOf = (line: string, separator: string) =>
  line.split(separator).map((cell) => cell.replaceAll('"', '').trim().toLowerCase());

type Head = { readonly separator: string; readonly index: number; readonly column: string };

/** How the first line of a table keeps its columns apart, and which has ids; null: it is a list. */
function headOf(text: string): Head | null {
  const [first = ''] = text
    .replace(/^\ufeff/, '')
    .trimStart()
    .split(/\r?\n/, 1);
  const separator = separators.find((each) => first.includes(each)) ?? ',';
  const cells = cellsOf(first, separator);
  const column = columns.find((each) => cells.includes(each));
  return column === undefined ? null : { separator, index: cells.indexOf(column), column };
}

type Line = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

const quotesIn = (line: string) => line.split('"').length - 1;

/** No id goes over two lines, so a quote that a line leaves open is wrong in that line. */
function openQuote(text: string): WrongLine {
  const lines = text.split(/\r?\n/);
  const index = lines.findIndex((line) => quotesIn(line) % 2 === 1);
  return { line: index + 1, fault: 'quote', text: (lines[index] ?? '').slice(0, maxShownChars) };
}

/** The lines of a text, with the first that is too many; or the one that cannot be read. */
function linesOf(text: string, head: Head | null): readonly Line[] | WrongLine {
  try {
    return parse(text, {
      bom: true,
      delimiter: head ? head.separator : [...separators],
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      to: maxUserIds + (head ? 2 : 1),
      trim: true,
    }) as unknown as readonly Line[];
  } catch (error) {
    if (error instanceof CsvError) return openQuote(text);
    throw error;
  }
}

function faultOf(id: string): LineFault | null {
  if (id === '') return 'empty';
  return id.length <= maxIdLength && idPattern.test(id) ? null : 'id';
}

/** The cells of a line in which ids are looked for. */
const idCells = ({ record }: Line, head: Head | null): readonly string[] =>
  head ? [record[head.index] ?? ''] : record.filter((cell) => cell !== '');

/**
 * Reads ids out of what somebody pasted: one in a line, many with commas, semicolons or tabs
 * between, or a table in CSV (RFC 4180) whose first line names a column `user_id` or `id`. Pure.
 */
export function pastedIds(text: string): PastedIds {
  const head = headOf(text);
  const lines = linesOf(text, head);
  const lineOf = new Map<string, number>();
  const column = head?.column ?? null;
  if ('fault' in lines) {
    return { ids: [], lineOf, repeated: 0, column, wrong: [lines], isTooLong: false };
  }
  const wrong: WrongLine[] = [];
  let repeated = 0;
  for (const each of head ? lines.slice(1) : lines) {
    const { lines: line } = each.info;
    for (const cell of idCells(each, head)) {
      const fault = faultOf(cell);
      if (fault !== null) wrong.push({ line, fault, text: cell.slice(0, maxShownChars) });
      else if (lineOf.has(cell)) repeated += 1;
      else lineOf.set(cell, line);
    }
  }
  const ids = [...lineOf.keys()];
  return { ids, lineOf, repeated, column, wrong, isTooLong: ids.length > maxUserIds };
}
