/*
 * Places in the memory that the kernel shares with its caller, which reads them from the exports.
 * Numbers are little-endian and of 32 bits unless something else is said.
 */

/** The kernel's own: message schedule, last block and digest of SHA-1, digits, an escaped name. */
export const schedule: usize = 0x8000;
export const lastBlock: usize = 0x8200;
export const digest: usize = 0x8280;
export const digits: usize = 0x8300;
export const escaped: usize = 0x8600;
/** Of each channel the place and the end of the person's address; 0 where there is none. */
export const addresses: usize = 0x9400;
/** Of each template the length of the person's value. */
export const lengths: usize = 0x9500;

/**
 * The command. Number of templates; whether every template must be for everyone; the frame of a
 * user's row (8 bytes); number of readings. Then of each channel partitions and first region, of
 * each template channel and bit, and the readings.
 */
export const command: usize = 0x10000;
export const channels: usize = 0x10020;
export const templates: usize = 0x10040;
/** Place and length of the locale (length -1: none given), then a plan for each template, or 0. */
export const readings: usize = 0x10080;
export const maxTemplates: i32 = 8;
export const maxReadings: i32 = 64;
export const readingBytes: usize = 40;

/** Whoever has a longer name or address is for the slow way, which judges by characters. */
export const maxNameBytes: i32 = 1000;
export const maxAddressBytes: i32 = 320;

/** Plans, as notification-kernel.ts lays them out. */
export const plans: usize = 0x11000;
export const plansEnd: usize = 0x80000;

/** Of each person start and end of the key, end of the value, hash, offset (f64), slow or not. */
export const people: usize = 0x80000;
export const personBytes: usize = 32;
export const maxPeople: i32 = 64;

/** Of each region start, place of the next record, end, and records in the batch, or -1. */
export const regions: usize = 0x81000;
export const regionBytes: usize = 16;
export const maxRegions: i32 = 256;

/** The rows of the people: key, then value. */
export const rows: usize = 0x90000;
export const rowsEnd: usize = 0x110000;
/** The regions: records of one partition each. */
export const output: usize = 0x110000;
export const outputEnd: usize = 0x410000;
/* The memory goes on behind it: copies run over their end, and nothing of value may lie there. */
