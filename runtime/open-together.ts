/** Something that was opened and is to be closed. */
type Closable = { close(): Promise<void> };

/** Opens several things at once: all of them, or, when one fails, none; its error is thrown. */
export async function openTogether<T extends Closable>(
  opening: readonly Promise<T>[],
): Promise<readonly T[]> {
  const results = await Promise.allSettled(opening);
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return opened;
  await Promise.all(opened.map((each) => each.close()));
  throw failed.reason;
}
