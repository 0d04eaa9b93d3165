export declare function makePrivateFolder(path: string): void;
