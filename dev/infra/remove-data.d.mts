export const outsideRoot: string;
export function removeData(path: string): Promise<boolean>;
