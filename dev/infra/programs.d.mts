export declare const kafkaPom: string;
export declare const registryInputs: readonly [pom: string, properties: string];
export declare function contentHash(...files: readonly string[]): string;
export declare function kafkaVersion(): string;
export declare function kafkaProgram(): string;
export declare function registryProgram(): string;
export declare function hasKafkaJars(): boolean;
export declare function hasRegistry(): boolean;
export declare function mavenRepository(): string;
