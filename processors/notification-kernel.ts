import { kernelBinary } from './generated/kernel.ts';

/** The places that `kernel/layout.ts` names and explains. */
type Layout = Readonly<
  Record<
    | 'command'
    | 'channels'
    | 'templates'
    | 'readings'
    | 'readingBytes'
    | 'maxTemplates'
    | 'maxReadings'
    | 'maxNameBytes'
    | 'maxAddressBytes'
    | 'plans'
    | 'plansEnd'
    | 'people'
    | 'personBytes'
    | 'maxPeople'
    | 'regions'
    | 'regionBytes'
    | 'maxRegions'
    | 'rows'
    | 'rowsEnd'
    | 'output'
    | 'outputEnd'
    | 'stopUnknownLocale'
    | 'stopClosedRegion'
    | 'stopFullRegion',
    number
  >
>;

/**
 * What writes notifications from bytes to bytes: a WebAssembly module made of `kernel/` by
 * `npm run generate`. It is five times as fast as the same loops in JavaScript, which checks the
 * bounds of every byte. There is one for the process: whoever uses it does not wait in between.
 */
export type Kernel = {
  readonly layout: Layout;
  /** The memory, as bytes, numbers of 32 bits and doubles. */
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Writes people from `first` to before `end`; answers the first one that was not written. */
  write(first: number, end: number): number;
  /** Why it stopped there: one of the numbers of the layout that begin with `stop`. */
  stop(): number;
  /** The region that made it stop. */
  region(): number;
  /** The locale of the person it stopped at; null when the row gives none. */
  locale(): Buffer | null;
  hashPrefix(prefix: number): void;
};

/** The fields of `user.avsc` that the kernel walks over, in their order; a test compares them. */
export const userFieldsRead = [
  'id',
  'fullName',
  'email',
  'phone',
  'telegramChatId',
  'locale',
  'timeZone',
  'channels',
] as const;

type Functions = Pick<Kernel, 'write' | 'hashPrefix'>;
type Exports = Functions & { readonly memory: { readonly buffer: ArrayBuffer } } & Readonly<
    Record<string, { readonly value: number }>
  >;
/** What is used of the standard's interface; the compiler knows it only together with a page's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Buffer) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
  readonly Global: new () => { readonly value: number };
};

/** Bytes of a number of 32 bits, by which addresses become indexes of `words`. */
export const wordBytes = 4;
let opened: Kernel | null = null;

/** The kernel; it is made when it is first asked for. */
export function openKernel(): Kernel {
  if (opened) return opened;
  const module = new WebAssembly.Module(Buffer.from(kernelBinary, 'base64'));
  const { exports } = new WebAssembly.Instance(module);
  const { memory, write, hashPrefix } = exports;
  const globals = Object.entries<object>(exports).flatMap(([name, each]) =>
    each instanceof WebAssembly.Global ? [[name, each.value] as const] : [],
  );
  const valueOf = (name: string) => exports[name]?.value ?? 0;
  const bytes = Buffer.from(memory.buffer);
  opened = {
    layout: Object.fromEntries(globals) as Layout,
    bytes,
    words: new Int32Array(memory.buffer),
    doubles: new Float64Array(memory.buffer),
    write,
    hashPrefix,
    stop: () => valueOf('stop'),
    region: () => valueOf('region'),
    locale() {
      const start = valueOf('localeStart');
      return start === 0 ? null : Buffer.from(bytes.subarray(start, valueOf('localeEnd')));
    },
  };
  return opened;
}
