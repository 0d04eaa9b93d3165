package ru.vestnik.bench.tuned;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import ru.vestnik.bench.Frames;

/** Keeps the rows of users, and the index of who follows a movie. Writes only what has changed. */
final class UserIndexer extends ContextualProcessor<byte[], byte[], Void, Void> {
  private final UserBytes before = new UserBytes();
  private final UserBytes after = new UserBytes();
  private KeyValueStore<Bytes, byte[]> users;
  private KeyValueStore<Bytes, byte[]> followers;

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    super.init(context);
    users = context.getStateStore(Tuned.USERS);
    followers = context.getStateStore(Tuned.FOLLOWERS);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte[] id = record.key();
    byte[] row = record.value();
    long offset = context().recordMetadata().orElseThrow().offset();
    Bytes key = Bytes.wrap(id);
    byte[] old = users.get(key);
    Set<Bytes> known = new HashSet<>();
    if (old != null) {
      before.readContact(old, Long.BYTES + Frames.LENGTH);
      before.eachMovie((bytes, from, to) -> known.add(Tuned.indexKey(bytes, from, to, id)));
    }
    if (row == null) {
      known.forEach(followers::delete);
      users.delete(key);
      return;
    }
    after.readContact(row, Frames.LENGTH);
    byte[] stored = ByteBuffer.allocate(Long.BYTES + row.length).putLong(offset).put(row).array();
    int contactEnd = Long.BYTES + after.contactEnd;
    boolean same =
        old != null
            && before.contactEnd == contactEnd
            && Arrays.equals(old, Long.BYTES, contactEnd, stored, Long.BYTES, contactEnd);
    // The head of the stored row is the index row: one array for all movies of the person.
    byte[] contact = Arrays.copyOf(stored, contactEnd);
    after.eachMovie(
        (bytes, from, to) -> {
          Bytes index = Tuned.indexKey(bytes, from, to, id);
          if (!known.remove(index) || !same) followers.put(index, contact);
        });
    known.forEach(followers::delete);
    users.put(key, stored);
  }
}
