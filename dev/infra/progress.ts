/** What a step of the start is doing, as data: the words for it are chosen by who shows it. */
export type StepState =
  | { readonly kind: 'starting' | 'ready' }
  /** Takes what the machine lacks from a public registry, once per user. */
  | { readonly kind: 'fetching'; readonly what: string }
  | { readonly kind: 'downloaded'; readonly mb: number; readonly atMostMb: number }
  /** Puts downloaded modules together, once per user. */
  | { readonly kind: 'assembling'; readonly what: string }
  /** Makes something once that lets every later start be quicker. */
  | { readonly kind: 'preparing' }
  /** Another clone on this machine downloads the same thing. */
  | { readonly kind: 'waitingForOther' }
  | { readonly kind: 'endedLeftovers'; readonly names: readonly string[] }
  | { readonly kind: 'usingAddresses' };

/** Tells the person at the terminal which step runs and how far it is. */
export type Progress = (step: string, state: StepState) => void;
