export type Artifact = { readonly sha1: string; readonly path: string };
export declare function listedArtifacts(): Artifact[];
export declare function fetchInto(
  repository: string,
  artifacts: readonly Artifact[],
  options: { readonly signal: AbortSignal; readonly from?: string },
): Promise<number>;
export declare function fetchArtifacts(options: { readonly signal: AbortSignal }): Promise<void>;
