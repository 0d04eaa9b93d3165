package ru.vestnik.bench.tuned;

/** Where the parts of a user's Avro bytes lie; one object is used again for every row. */
final class UserBytes {
  int idStart, idEnd;
  int nameStart, nameEnd;
  int emailStart, emailEnd;
  int phoneStart, phoneEnd;
  int chatStart, chatEnd;
  int localeStart, localeEnd;
  /** A bit for each channel, in the order of the schema's symbols. */
  int channels;
  /** Behind the channels: what comes before is all that a notification needs. */
  int contactEnd;

  private byte[] bytes;
  private int at;
  private int start;
  private int end;

  private int count() {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) return value >>> 1;
    }
  }

  private void string() {
    int length = count();
    start = at;
    at += length;
    end = at;
  }

  /** Start is -1 when there is no value. */
  private void optional() {
    if (count() == 0) {
      start = -1;
      end = -1;
    } else {
      string();
    }
  }

  /** Reads the person, from where the Avro bytes begin. */
  void readContact(byte[] row, int from) {
    bytes = row;
    at = from;
    string();
    idStart = start;
    idEnd = end;
    string();
    nameStart = start;
    nameEnd = end;
    optional();
    emailStart = start;
    emailEnd = end;
    optional();
    phoneStart = start;
    phoneEnd = end;
    optional();
    chatStart = start;
    chatEnd = end;
    optional();
    localeStart = start;
    localeEnd = end;
    optional();
    channels = 0;
    for (int left = count(); left > 0; left = count()) {
      for (; left > 0; left--) channels |= 1 << count();
    }
    contactEnd = at;
  }

  interface Movie {
    void accept(byte[] bytes, int start, int end);
  }

  /** Calls for each followed movie; to be called right after `readContact`. */
  void eachMovie(Movie movie) {
    for (int left = count(); left > 0; left = count()) {
      for (; left > 0; left--) {
        string();
        movie.accept(bytes, start, end);
      }
    }
  }
}
