package ru.vestnik.bench.tuned;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import ru.vestnik.bench.NotificationNames;

/** Writes the UUID v5 of an event, a template, a channel and a user. For one thread. */
final class IdWriter {
  static final int LENGTH = 36;
  private static final UUID NAMESPACE = UUID.fromString("c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11");
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_BYTES = 20;

  private final MessageDigest sha1;
  private final byte[] prefix;
  private final byte[] hash = new byte[HASH_BYTES];

  IdWriter(String eventId, String templateId, String channel) {
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    byte[] name =
        NotificationNames.sharedOf(eventId, templateId, channel).getBytes(StandardCharsets.UTF_8);
    prefix =
        ByteBuffer.allocate(2 * Long.BYTES + name.length)
            .putLong(NAMESPACE.getMostSignificantBits())
            .putLong(NAMESPACE.getLeastSignificantBits())
            .put(name)
            .array();
  }

  void write(Output out, byte[] userId, int from, int to) {
    // The JVM hashes in hardware: keeping the state after the prefix would cost more than it saves.
    sha1.update(prefix);
    sha1.update(userId, from, to - from);
    try {
      sha1.digest(hash, 0, HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    hash[6] = (byte) (hash[6] & 0x0f | 0x50);
    hash[8] = (byte) (hash[8] & 0x3f | 0x80);
    byte[] bytes = out.bytes;
    int at = out.at;
    for (int i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) bytes[at++] = '-';
      bytes[at++] = HEX[hash[i] >> 4 & 0xf];
      bytes[at++] = HEX[hash[i] & 0xf];
    }
    out.at = at;
  }
}
