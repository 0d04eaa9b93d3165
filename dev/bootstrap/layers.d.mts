export declare const productLayers: readonly string[];
export declare const layers: readonly string[];
