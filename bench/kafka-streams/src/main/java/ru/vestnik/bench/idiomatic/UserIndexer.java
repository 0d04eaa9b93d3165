package ru.vestnik.bench.idiomatic;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import ru.vestnik.User;

/** Keeps the rows of users, and the index of who follows a movie. Writes only what has changed. */
final class UserIndexer extends ContextualProcessor<String, User, Void, Void> {
  private KeyValueStore<String, Follower> users;
  private KeyValueStore<String, Follower> followers;

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    super.init(context);
    users = context.getStateStore(Idiomatic.USERS);
    followers = context.getStateStore(Idiomatic.FOLLOWERS);
  }

  private static List<String> moviesOf(Follower row) {
    return row == null ? List.of() : row.user().getFollowedMovieIds();
  }

  @Override
  public void process(Record<String, User> record) {
    String id = record.key();
    long offset = context().recordMetadata().orElseThrow().offset();
    Follower before = users.get(id);
    Follower after = record.value() == null ? null : new Follower(offset, record.value());
    Set<String> gone = new HashSet<>(moviesOf(before));
    List<String> now = moviesOf(after);
    now.forEach(gone::remove);
    for (String movie : gone) followers.delete(Follower.key(movie, id));
    if (after != null) {
      Follower contact = Follower.of(after.user(), offset);
      boolean same =
          before != null && Follower.of(before.user(), offset).user().equals(contact.user());
      Set<String> known = same ? Set.copyOf(moviesOf(before)) : Set.of();
      for (String movie : now) {
        if (!known.contains(movie)) followers.put(Follower.key(movie, id), contact);
      }
    }
    users.put(id, after);
  }
}
