package ru.vestnik.bench.idiomatic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import ru.vestnik.AudienceKind;
import ru.vestnik.Channel;
import ru.vestnik.Notification;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Template;
import ru.vestnik.User;
import ru.vestnik.bench.JobTopology;

/** One rendered notification per person and channel; a whole fan-out within one record. */
final class Notifier extends ContextualProcessor<String, NotifyCommand, String, Notification> {
  private final Texts texts = new Texts();
  private final NotificationIds ids = new NotificationIds();
  private KeyValueStore<String, Follower> users;
  private KeyValueStore<String, Follower> followers;

  @Override
  public void init(ProcessorContext<String, Notification> context) {
    super.init(context);
    users = context.getStateStore(Idiomatic.USERS);
    followers = context.getStateStore(Idiomatic.FOLLOWERS);
  }

  @Override
  public void process(Record<String, NotifyCommand> record) {
    NotifyCommand command = record.value();
    var work = new Work(record);
    if (command.getAudienceKind() == AudienceKind.listed) {
      for (String userId : command.getAudienceKeys()) {
        Follower person = users.get(userId);
        if (person != null) work.notify(person);
      }
      return;
    }
    for (String movieId : command.getAudienceKeys()) {
      String prefix = Follower.prefix(movieId);
      try (KeyValueIterator<String, Follower> rows =
          followers.prefixScan(prefix, Serdes.String().serializer())) {
        while (rows.hasNext()) work.notify(rows.next().value);
      }
    }
  }

  /** Channels in the order of their symbols, which upstream names in the same order. */
  private static final Channel[] CHANNELS = Channel.values();

  private static Channel channelOf(Template template) {
    return CHANNELS[template.getChannel().ordinal()];
  }

  private static String addressOf(User user, Channel channel) {
    return switch (channel) {
      case email -> user.getEmail();
      case sms -> user.getPhone();
      case messenger -> user.getTelegramChatId();
    };
  }

  /** The work on one command. */
  private final class Work {
    private final Record<String, NotifyCommand> record;
    private final NotifyCommand command;
    private final boolean bulk;
    private final Map<String, List<Optional<Texts.Prepared>>> prepared = new HashMap<>();

    Work(Record<String, NotifyCommand> record) {
      this.record = record;
      this.command = record.value();
      this.bulk = command.getAudienceKind() != AudienceKind.listed;
    }

    private List<Optional<Texts.Prepared>> textsFor(String locale) {
      return prepared.computeIfAbsent(
          String.valueOf(locale),
          any ->
              command.getTemplates().stream()
                  .map(each -> Optional.ofNullable(texts.prepare(each, locale, command)))
                  .toList());
    }

    void notify(Follower follower) {
      User user = follower.user();
      var readable = textsFor(user.getLocale());
      List<Template> templates = command.getTemplates();
      for (int i = 0; i < templates.size(); i++) {
        Template template = templates.get(i);
        if (!user.getChannels().contains(template.getChannel())) continue;
        String address = addressOf(user, channelOf(template));
        Texts.Prepared text = readable.get(i).orElse(null);
        if (address == null || address.isEmpty() || text == null) continue;
        write(follower, template, address, text);
      }
    }

    private void write(
        Follower follower, Template template, String address, Texts.Prepared text) {
      User user = follower.user();
      Channel channel = channelOf(template);
      var notification =
          new Notification(
              ids.of(command.getEventId(), template.getId(), channel.toString(), user.getId()),
              command.getEventId(),
              command.getEventType(),
              command.getRequestId(),
              user.getId(),
              channel,
              address,
              user.getFullName(),
              text.locale(),
              text.subject(user.getFullName()),
              text.body(user.getFullName()),
              template.getId(),
              template.getVersion(),
              command.getSource(),
              follower.userOffset(),
              null,
              command.getOccurredAt(),
              false);
      context()
          .forward(
              record.withKey(user.getId()).withValue(notification),
              JobTopology.lane(channel, bulk));
    }
  }
}
