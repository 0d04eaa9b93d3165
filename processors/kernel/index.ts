import {
  addresses,
  channels,
  command,
  escaped,
  lengths,
  maxReadings,
  people,
  personBytes,
  readingBytes,
  readings,
  regionBytes,
  regions,
  templates,
} from './layout';
import {
  hasRoomForName,
  maxFramingBytes,
  setHtmlName,
  setPerson,
  valueLength,
  writeRecord,
} from './notification';
import { writeDigits } from './sha1';
import { escapeName, isPrintable, kindOfName, needsEscape, unsure } from './text';
import { channelBits, localeEnd, localeStart, nameEnd, nameStart, readUser } from './user';

export * from './layout';
export { hashPrefix } from './sha1';
export { localeEnd, localeStart } from './user';

/** Why `write` stopped at a person; nothing of that person was written. */
export const stopSlow: i32 = 1;
export const stopUnknownLocale: i32 = 2;
export const stopClosedRegion: i32 = 3;
export const stopFullRegion: i32 = 4;
export let stop: i32 = 0;
/** The region, when that is the reason. */
export let region: i32 = 0;

const frameBytes: usize = 5;
/** Longer names are no names; with them a body could reach the limit that `render` enforces. */
const maxNameBytes: usize = 400;
/** Copies run over their end by less. */
const slackBytes: usize = 16;

writeDigits();

function isSame(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** The reading for the person's locale, or 0. */
function readingOf(): usize {
  const length: i32 = localeStart == 0 ? -1 : <i32>(localeEnd - localeStart);
  let reading = readings;
  for (let left = min<i32>(load<i32>(command, 16), maxReadings); left > 0; left--) {
    if (load<i32>(reading, 4) == length) {
      if (length <= 0 || isSame(load<u32>(reading), localeStart, length)) return reading;
    }
    reading += readingBytes;
  }
  return 0;
}

function readName(): bool {
  if (nameEnd - nameStart > maxNameBytes) return false;
  const kind = kindOfName(nameStart, nameEnd);
  if (kind == unsure) return false;
  if (kind == needsEscape) setHtmlName(escaped, escapeName(nameStart, nameEnd, escaped));
  else setHtmlName(nameStart, nameEnd);
  return true;
}

/** Where a region is described that takes the person's records of a channel. */
function regionFor(person: usize, channel: usize): usize {
  const place = channels + channel * 8;
  const partition = (load<u32>(person, 12) & 0x7fffffff) % load<u32>(place);
  return regions + <usize>(load<u32>(place, 4) + partition) * regionBytes;
}

function isFor(template: usize): bool {
  return (channelBits & load<u32>(templates + template * 8, 4)) != 0;
}

/** Whether each template either is not for the person or can be written; 0, or why to stop. */
function checkTemplates(person: usize, reading: usize): i32 {
  const count: usize = load<u32>(command);
  for (let template: usize = 0; template < count; template++) {
    if (!isFor(template)) {
      if (load<u32>(command, 4)) return stopSlow;
      continue;
    }
    const plan: usize = load<u32>(reading + 8 + template * 4);
    const channel: usize = load<u32>(templates + template * 8);
    const address: usize = load<u32>(addresses + channel * 8);
    const addressEnd: usize = load<u32>(addresses + channel * 8, 4);
    if (plan == 0 || address == addressEnd || !hasRoomForName(plan)) return stopSlow;
    if (!isPrintable(address, addressEnd)) return stopSlow;
    const place = regionFor(person, channel);
    const length = valueLength(plan, addressEnd - address);
    const key: usize = load<u32>(person, 4) - load<u32>(person);
    const needed = (maxFramingBytes + key + length) * count + slackBytes;
    region = <i32>((place - regions) / regionBytes);
    if (load<i32>(place, 12) < 0) return stopClosedRegion;
    if (<usize>load<u32>(place, 4) + needed > <usize>load<u32>(place, 8)) return stopFullRegion;
    store<u32>(lengths + template * 4, <u32>length);
  }
  return 0;
}

function writeTemplates(person: usize, reading: usize): void {
  const count: usize = load<u32>(command);
  for (let template: usize = 0; template < count; template++) {
    if (!isFor(template)) continue;
    const plan: usize = load<u32>(reading + 8 + template * 4);
    const channel: usize = load<u32>(templates + template * 8);
    const place = regionFor(person, channel);
    const records = load<u32>(place, 12);
    const at = writeRecord(load<u32>(place, 4), records, plan, channel, template);
    store<u32>(place, <u32>at, 4);
    store<u32>(place, records + 1, 12);
  }
}

function writePerson(person: usize): i32 {
  if (load<u32>(person, 24)) return stopSlow;
  const key: usize = load<u32>(person);
  const keyEnd: usize = load<u32>(person, 4);
  const valueEnd: usize = load<u32>(person, 8);
  if (valueEnd - keyEnd < frameBytes || !isSame(keyEnd, command + 8, frameBytes)) return stopSlow;
  if (!isPrintable(key, keyEnd)) return stopSlow;
  if (!readUser(keyEnd + frameBytes, valueEnd) || !readName()) return stopSlow;
  const reading = readingOf();
  if (reading == 0) return stopUnknownLocale;
  setPerson(key, keyEnd, <u64>load<f64>(person, 16));
  const reason = checkTemplates(person, reading);
  if (reason == 0) writeTemplates(person, reading);
  return reason;
}

/**
 * Writes what the people from `first` to before `end` get into their regions. Answers the first one
 * that was not written; `stop` then says why.
 */
export function write(first: i32, end: i32): i32 {
  for (let i = first; i < end; i++) {
    stop = writePerson(people + <usize>i * personBytes);
    if (stop != 0) return i;
  }
  stop = 0;
  return end;
}
