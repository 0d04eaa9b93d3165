package ru.vestnik.bench.idiomatic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import ru.vestnik.bench.NotificationNames;

/** UUID v5 of event, template, channel and user (RFC 9562, section 5.5). For one thread. */
final class NotificationIds {
  private static final UUID NAMESPACE = UUID.fromString("c1f0a6d2-5b1e-5c39-9f57-6a4b0c7f2e11");

  private final MessageDigest sha1;
  private final byte[] namespace =
      ByteBuffer.allocate(16)
          .putLong(NAMESPACE.getMostSignificantBits())
          .putLong(NAMESPACE.getLeastSignificantBits())
          .array();

  NotificationIds() {
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String of(String eventId, String templateId, String channel, String userId) {
    String name = NotificationNames.sharedOf(eventId, templateId, channel) + userId;
    sha1.update(namespace);
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
    long most = (hash.getLong() & 0xffffffffffff0fffL) | 0x5000L;
    long least = (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(most, least).toString();
  }
}
