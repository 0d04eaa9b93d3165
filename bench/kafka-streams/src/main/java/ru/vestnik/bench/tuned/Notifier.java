package ru.vestnik.bench.tuned;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import ru.vestnik.AudienceKind;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Template;
import ru.vestnik.bench.AvroSerde;
import ru.vestnik.bench.Frames;

/**
 * One rendered notification per person and channel. A big fan-out is cut into chunks: the first one
 * at once, the others by a punctuation, each committed, with the cursor in a store.
 */
final class Notifier extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private static final int CHUNK_PEOPLE = 20_000;
  /** A row is its offset, the frame, and the person's Avro bytes. */
  private static final int ROW_START = Long.BYTES + Frames.LENGTH;
  private static final Duration NEXT_CHUNK = Duration.ofMillis(1);

  private final AvroSerde<NotifyCommand> commands;
  private final byte[] frame;
  private final UserBytes user = new UserBytes();
  private final Output out = new Output();
  private final Deque<FanOut> pending = new ArrayDeque<>();
  private KeyValueStore<Bytes, byte[]> users;
  private KeyValueStore<Bytes, byte[]> followers;
  private KeyValueStore<Bytes, byte[]> cursors;
  private Cancellable chunks;

  Notifier(AvroSerde<NotifyCommand> commands, byte[] frame) {
    this.commands = commands;
    this.frame = frame;
  }

  /** The plans for the readers of one language; null where a template has no text for them. */
  private record Reading(byte[] locale, Plan[] plans) {
    boolean isFor(byte[] row, UserBytes user) {
      if (user.localeStart < 0 || locale == null) return user.localeStart < 0 && locale == null;
      return Arrays.equals(locale, 0, locale.length, row, user.localeStart, user.localeEnd);
    }
  }

  /** The work on one command. */
  private final class FanOut {
    final byte[] encoded;
    final NotifyCommand command;
    final boolean bulk;
    final long timestamp;
    final List<Reading> readings = new ArrayList<>();

    FanOut(byte[] encoded, long timestamp) {
      this.encoded = encoded;
      this.command = commands.read(encoded);
      this.bulk = command.getAudienceKind() != AudienceKind.listed;
      this.timestamp = timestamp;
    }

    Bytes key() {
      return Bytes.wrap(command.getEventId().getBytes(StandardCharsets.UTF_8));
    }

    private Plan[] plansFor(byte[] row) {
      for (Reading reading : readings) if (reading.isFor(row, user)) return reading.plans();
      byte[] locale =
          user.localeStart < 0 ? null : Arrays.copyOfRange(row, user.localeStart, user.localeEnd);
      String name = locale == null ? null : new String(locale, StandardCharsets.UTF_8);
      List<Template> templates = command.getTemplates();
      Plan[] plans = new Plan[templates.size()];
      for (int i = 0; i < plans.length; i++) {
        plans[i] = Plan.of(frame, command, templates.get(i), name, bulk);
      }
      readings.add(new Reading(locale, plans));
      return plans;
    }

    void notify(byte[] row) {
      user.readContact(row, ROW_START);
      long userOffset = ByteBuffer.wrap(row).getLong();
      byte[] html = Plan.escapedName(row, user);
      byte[] key = null;
      for (Plan plan : plansFor(row)) {
        if (plan == null || (user.channels & plan.channelBit) == 0) continue;
        if (!plan.hasAddress(user)) continue;
        if (key == null) key = Arrays.copyOfRange(row, user.idStart, user.idEnd);
        byte[] value = plan.write(out, row, user, userOffset, html);
        context().forward(new Record<>(key, value, timestamp), plan.sink);
      }
    }
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    users = context.getStateStore(Tuned.USERS);
    followers = context.getStateStore(Tuned.FOLLOWERS);
    cursors = context.getStateStore(Tuned.PENDING);
    try (KeyValueIterator<Bytes, byte[]> rows = cursors.all()) {
      while (rows.hasNext()) {
        ByteBuffer saved = ByteBuffer.wrap(rows.next().value);
        saved.position(Integer.BYTES + saved.getInt());
        byte[] encoded = new byte[saved.remaining()];
        saved.get(encoded);
        pending.add(new FanOut(encoded, context.currentSystemTimeMs()));
      }
    }
    if (!pending.isEmpty()) startChunks();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    var fanOut = new FanOut(record.value(), record.timestamp());
    if (fanOut.bulk) {
      // Whoever came first goes on first: a fan-out is never overtaken by another one.
      if (pending.isEmpty()) work(fanOut, null);
      else save(fanOut, new byte[0]);
      return;
    }
    for (String userId : fanOut.command.getAudienceKeys()) {
      byte[] row = users.get(Bytes.wrap(userId.getBytes(StandardCharsets.UTF_8)));
      if (row != null) fanOut.notify(row);
    }
  }

  /** Only while there is something to go on with: an idle punctuation would take part of a core. */
  private void startChunks() {
    if (chunks == null) {
      chunks =
          context().schedule(NEXT_CHUNK, PunctuationType.WALL_CLOCK_TIME, now -> nextChunk());
    }
  }

  private void nextChunk() {
    FanOut fanOut = pending.peek();
    if (fanOut == null) {
      chunks.cancel();
      chunks = null;
      return;
    }
    ByteBuffer saved = ByteBuffer.wrap(cursors.get(fanOut.key()));
    byte[] cursor = new byte[saved.getInt()];
    saved.get(cursor);
    work(fanOut, cursor.length == 0 ? null : cursor);
    context().commit();
  }

  private void save(FanOut fanOut, byte[] cursor) {
    if (!pending.contains(fanOut)) pending.add(fanOut);
    byte[] saved =
        ByteBuffer.allocate(Integer.BYTES + cursor.length + fanOut.encoded.length)
            .putInt(cursor.length)
            .put(cursor)
            .put(fanOut.encoded)
            .array();
    cursors.put(fanOut.key(), saved);
    startChunks();
  }

  private KeyValueIterator<Bytes, byte[]> rowsAfter(byte[] prefix, byte[] cursor) {
    if (cursor == null) return followers.prefixScan(prefix, new ByteArraySerializer());
    byte[] from = Arrays.copyOf(cursor, cursor.length + 1);
    byte[] to = prefix.clone();
    to[to.length - 1]++;
    return followers.range(Bytes.wrap(from), Bytes.wrap(to));
  }

  /** Works off one chunk from behind the cursor, and notes where to go on. */
  private void work(FanOut fanOut, byte[] cursor) {
    byte[] prefix = Tuned.prefixOf(fanOut.command.getAudienceKeys().get(0));
    Bytes last = null;
    int people = 0;
    try (KeyValueIterator<Bytes, byte[]> rows = rowsAfter(prefix, cursor)) {
      while (rows.hasNext() && people < CHUNK_PEOPLE) {
        KeyValue<Bytes, byte[]> row = rows.next();
        fanOut.notify(row.value);
        last = row.key;
        people++;
      }
      if (rows.hasNext()) {
        save(fanOut, last.get());
        return;
      }
    }
    if (pending.remove(fanOut)) cursors.delete(fanOut.key());
  }
}
