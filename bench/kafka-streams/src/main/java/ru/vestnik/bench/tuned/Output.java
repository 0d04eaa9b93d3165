package ru.vestnik.bench.tuned;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes as they are written; the same room is used again for every record. */
final class Output {
  private static final int FIRST_BYTES = 64 * 1024;

  byte[] bytes = new byte[FIRST_BYTES];
  int at;

  private void room(int needed) {
    int end = at + needed;
    if (end > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
  }

  void run(byte[] source, int from, int to) {
    room(to - from);
    System.arraycopy(source, from, bytes, at, to - from);
    at += to - from;
  }

  void all(byte[] source) {
    run(source, 0, source.length);
  }

  /** An Avro long. */
  void number(long value) {
    room(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  void string(byte[] source, int from, int to) {
    number(to - from);
    run(source, from, to);
  }

  void string(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    string(encoded, 0, encoded.length);
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, at);
  }
}
