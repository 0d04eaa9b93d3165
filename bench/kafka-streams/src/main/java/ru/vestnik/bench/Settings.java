package ru.vestnik.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What the benchmark says on the command line, as name=value. */
public record Settings(
    String variant,
    String brokers,
    String registry,
    String stateDir,
    String prefix,
    String compression,
    int commitIntervalMs,
    int lingerMs) {

  public static Settings parse(String[] args) {
    Map<String, String> given =
        Arrays.stream(args)
            .map(arg -> arg.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    return new Settings(
        given.get("variant"),
        given.get("brokers"),
        given.get("registry"),
        given.get("state-dir"),
        given.get("prefix"),
        given.get("compression"),
        Integer.parseInt(given.get("commit-interval-ms")),
        Integer.parseInt(given.get("linger-ms")));
  }

  public boolean tuned() {
    return variant.equals("tuned");
  }

  /** This program's own copy of a topic. */
  public String own(String topic) {
    return prefix + topic;
  }
}
