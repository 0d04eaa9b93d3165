/** What a statement can be given. JSON goes as text, with `::text::json` in the statement. */
export type Parameter = string | number | boolean | Date | null | readonly string[];

/** A part of a statement with its parameters, to be put into a statement or another part. */
export type Fragment = {
  /** The texts between the parameters: one more than these. */
  readonly texts: readonly string[];
  readonly parameters: readonly Parameter[];
};

const isFragment = (part: Parameter | Fragment): part is Fragment =>
  typeof part === 'object' && part !== null && 'texts' in part;

/** A part of a statement, as a tagged template: what is put in is a parameter or another part. */
export function sql(
  given: TemplateStringsArray,
  ...parts: readonly (Parameter | Fragment)[]
): Fragment {
  const texts = [given[0] ?? ''];
  const parameters: Parameter[] = [];
  const goOn = (text: string) => texts.push(`${texts.pop() ?? ''}${text}`);
  for (const [index, part] of parts.entries()) {
    const behind = given[index + 1] ?? '';
    if (isFragment(part)) {
      const [first = '', ...rest] = part.texts;
      goOn(first);
      texts.push(...rest);
      parameters.push(...part.parameters);
      goOn(behind);
    } else {
      parameters.push(part);
      texts.push(behind);
    }
  }
  return { texts, parameters };
}

/** A condition that holds when all of them do; without any it always holds. */
export function allOf(conditions: readonly Fragment[]): Fragment {
  const [first = sql`true`, ...others] = conditions;
  return others.reduce((all, each) => sql`${all} and ${each}`, first);
}
