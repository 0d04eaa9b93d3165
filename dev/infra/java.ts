/** Start fast, stay small: the first compiler only, one collector thread. Right for a dev machine. */
export const quickJvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'] as const;
