/** Start fast, stay small: the first compiler only, one collector thread. For a dev machine. */
export const quickJvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'] as const;
