package ru.vestnik.bench.idiomatic;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import ru.vestnik.User;
import ru.vestnik.bench.AvroSerde;
import ru.vestnik.bench.Frames;

/** A row of the index: the person, without what they follow, so that a fan-out looks nothing up. */
public record Follower(long userOffset, User user) {

  /** The person without the lists. */
  static Follower of(User user, long userOffset) {
    User contact =
        User.newBuilder(user)
            .setFollowedMovieIds(List.of())
            .setFollowedGenres(List.of())
            .build();
    return new Follower(userOffset, contact);
  }

  static Serde<Follower> serde(AvroSerde<User> users) {
    return Serdes.serdeFrom(
        (topic, follower) -> {
          if (follower == null) return null;
          byte[] user = users.write(follower.user());
          return ByteBuffer.allocate(Long.BYTES + user.length)
              .putLong(follower.userOffset())
              .put(user)
              .array();
        },
        (topic, bytes) -> {
          if (bytes == null) return null;
          long offset = ByteBuffer.wrap(bytes).getLong();
          return new Follower(offset, users.read(bytes, Long.BYTES + Frames.LENGTH));
        });
  }

  /** Index rows of one movie lie together. */
  static String key(String movieId, String userId) {
    return prefix(movieId) + userId;
  }

  static String prefix(String movieId) {
    return movieId + '|';
  }
}
