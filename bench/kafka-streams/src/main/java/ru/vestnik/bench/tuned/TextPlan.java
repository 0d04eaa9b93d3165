package ru.vestnik.bench.tuned;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text in which all but the reader's name is filled in: the words between the names. */
final class TextPlan {
  private static final Pattern NAME = Pattern.compile("\\{\\{\\s*(\\w+)\\s*\\}\\}");
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");
  private static final String READER = "user_full_name";
  private static final String MARK = "\uffff";

  private final byte[][] pieces;
  private final int pieceBytes;
  final boolean escapes;

  private TextPlan(String marked, boolean escapes) {
    String[] words = marked.split(MARK, -1);
    this.pieces = new byte[words.length][];
    int sum = 0;
    for (int i = 0; i < words.length; i++) {
      pieces[i] = words[i].getBytes(StandardCharsets.UTF_8);
      sum += pieces[i].length;
    }
    this.pieceBytes = sum;
    this.escapes = escapes;
  }

  private static String fold(String source, Map<String, String> values, boolean escape) {
    Matcher found = NAME.matcher(source);
    StringBuilder folded = new StringBuilder();
    while (found.find()) {
      String name = found.group(1);
      String value = values.getOrDefault(name, "");
      String text = name.equals(READER) ? MARK : escape ? Html.escape(value) : value;
      found.appendReplacement(folded, Matcher.quoteReplacement(text));
    }
    return found.appendTail(folded).toString();
  }

  static TextPlan body(String source, Map<String, String> values, boolean escape) {
    return new TextPlan(fold(source, values, escape), escape);
  }

  static TextPlan subject(String source, Map<String, String> values) {
    String line = CONTROLS.matcher(fold(source, values, false)).replaceAll(" ").strip();
    return new TextPlan(line, false);
  }

  void write(Output out, byte[] name, int from, int to) {
    out.number(pieceBytes + (long) (pieces.length - 1) * (to - from));
    for (int i = 0; i < pieces.length; i++) {
      if (i > 0) out.run(name, from, to);
      out.all(pieces[i]);
    }
  }

  /** What HTML must escape, as Handlebars does. */
  static final class Html {

    private Html() {}

    static String entity(int character) {
      return switch (character) {
        case '&' -> "&amp;";
        case '<' -> "&lt;";
        case '>' -> "&gt;";
        case '"' -> "&quot;";
        case '\'' -> "&#x27;";
        case '`' -> "&#x60;";
        case '=' -> "&#x3D;";
        default -> null;
      };
    }

    static String escape(String text) {
      StringBuilder escaped = new StringBuilder();
      for (char character : text.toCharArray()) {
        String entity = entity(character);
        if (entity == null) escaped.append(character);
        else escaped.append(entity);
      }
      return escaped.toString();
    }

    static boolean needed(byte[] bytes, int from, int to) {
      for (int i = from; i < to; i++) {
        byte each = bytes[i];
        if (each > 0 && each < '>' + 1 && entity(each) != null || each == '`') return true;
      }
      return false;
    }
  }
}
