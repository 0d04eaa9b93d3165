/** Names are compared so: the same letters in another form or size are the same name. */
export const loginOf = (name: string): string => name.normalize('NFC').trim().toLowerCase();
