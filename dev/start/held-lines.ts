/** Lines that are only worth showing if what goes on now fails. */
export type HeldLines = {
  print(line: string): void;
  /** From now on lines are shown as they come; those held until now are forgotten. */
  forget(): void;
  /** Shows what was held, and from now on lines as they come. */
  show(): void;
};

/** Enough to see what went wrong before a failure. */
const maxHeld = 20;

/**
 * A cluster that is just starting makes everybody warn of coordinators that are not there yet. That
 * is no news to the person at the terminal unless the start fails; the log file has it all.
 */
export function holdLines(print: (line: string) => void): HeldLines {
  let held: string[] | null = [];
  const show = () => {
    for (const line of held ?? []) print(line);
    held = null;
  };
  return {
    print(line) {
      if (held === null) return print(line);
      held.push(line);
      if (held.length > maxHeld) held.shift();
    },
    forget() {
      held = null;
    },
    show,
  };
}
