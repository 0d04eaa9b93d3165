package ru.vestnik.bench.tuned;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import ru.vestnik.NotifyCommand;
import ru.vestnik.bench.AvroSerde;
import ru.vestnik.bench.Frames;

/**
 * The job tuned by hand: bytes from end to end, texts folded into segments once for each command
 * and language, big fan-outs cut into chunks.
 */
public final class Tuned {
  public static final String USERS = "users-store";
  public static final String FOLLOWERS = "followers-store";
  /** Fan-outs that are not finished: event id to cursor and command. */
  public static final String PENDING = "pending-store";

  private static final byte SEPARATOR = '|';

  private final AvroSerde<NotifyCommand> commands;
  private final byte[] frame;

  public Tuned(Frames frames, AvroSerde<NotifyCommand> commands) {
    this.commands = commands;
    // All lanes have the same schema, and so the same id.
    this.frame = frames.of("email-notifications-bulk");
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray());
  }

  public List<StoreBuilder<?>> stores() {
    return List.of(store(USERS), store(FOLLOWERS), store(PENDING));
  }

  public Processor<byte[], byte[], Void, Void> indexer() {
    return new UserIndexer();
  }

  public Processor<byte[], byte[], byte[], byte[]> notifier() {
    return new Notifier(commands, frame);
  }

  /** The key of an index row: the movie, a separator, the user. */
  static Bytes indexKey(byte[] movie, int from, int to, byte[] userId) {
    byte[] key = new byte[to - from + 1 + userId.length];
    System.arraycopy(movie, from, key, 0, to - from);
    key[to - from] = SEPARATOR;
    System.arraycopy(userId, 0, key, to - from + 1, userId.length);
    return Bytes.wrap(key);
  }

  static byte[] prefixOf(String movieId) {
    return (movieId + (char) SEPARATOR).getBytes(StandardCharsets.UTF_8);
  }
}
