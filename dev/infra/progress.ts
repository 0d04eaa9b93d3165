/** Tells the person at the terminal which step runs and how far it is. */
export type Progress = (step: string, detail?: string) => void;
