type Package = {
  readonly version?: string;
  readonly optional?: boolean;
  readonly link?: boolean;
};
type Lock = { readonly packages?: Readonly<Record<string, Package>> };

export function matchesLock(installed: Lock | undefined, locked: Lock): boolean;
