package dev.cascade.jobs.quality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import com.ibm.icu.text.BreakIterator;

/// The words of a text as ICU divides them, by dictionary in Chinese and Japanese.
final class Words {

    private static final int FEWEST_LETTERS = 5;
    private static final int FEWEST_CHARACTERS = 3;
    private static final double DROPPED = 0.4;

    private final List<Word> words;

    private Words(List<Word> words) {
        this.words = List.copyOf(words);
    }

    /// A word, and whether it follows the one before it without a blank or a mark.
    private record Word(String text, boolean touches) {}

    static Words of(String text, Locale locale) {
        List<Word> words = new ArrayList<>();
        BreakIterator ends = BreakIterator.getWordInstance(locale);
        ends.setText(text);
        boolean touches = false;
        for (int begin = ends.first(), end = ends
                .next(); end != BreakIterator.DONE; begin = end, end = ends.next()) {
            boolean isWord = ends.getRuleStatus() >= BreakIterator.WORD_NONE_LIMIT;
            if (isWord) {
                words.add(new Word(text.substring(begin, end), touches));
            }
            touches = isWord;
        }
        return new Words(words);
    }

    int count() {
        return words.size();
    }

    /// Two of five words are left out. Words that touched still do, if none between was.
    String withWordsDropped(Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        Set<Integer> dropped = new HashSet<>(
                order.subList(0, (int) Math.round(DROPPED * words.size())));
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            if (!dropped.contains(i)) {
                boolean touches = words.get(i).touches() && !dropped.contains(i - 1);
                kept.append(kept.isEmpty() || touches ? "" : " ").append(words.get(i).text());
            }
        }
        return kept.toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        words.forEach(word -> text.append(text.isEmpty() || word.touches() ? "" : " ")
                .append(word.text()));
        return text.toString();
    }

    /// Whether [#withTypo] can be asked for.
    boolean canHaveTypo() {
        return !places().isEmpty();
    }

    /// One edit of one letter: another one, none, twice, or its neighbour first. In Chinese, Japanese
    /// and Korean a character is left out.
    String withTypo(Random random) {
        List<Integer> places = new ArrayList<>(places());
        String text = toString();
        while (true) {
            int at = places.get(random.nextInt(places.size()));
            String edited = sort(text.charAt(at)) == Sort.CHARACTER
                    ? text.substring(0, at) + text.substring(at + 1)
                    : edited(text, at, random);
            if (!edited.equals(text)) {
                return edited;
            }
        }
    }

    private static String edited(String text, int at, Random random) {
        String before = text.substring(0, at);
        char letter = text.charAt(at);
        String after = text.substring(at + 1);
        return switch (random.nextInt(4)) {
            case 0 -> before + otherLetter(text, random) + after;
            case 1 -> before + after;
            case 2 -> before + letter + letter + after;
            default -> text.substring(0, at - 1) + letter + text.charAt(at - 1) + after;
        };
    }

    private static char otherLetter(String text, Random random) {
        List<Character> letters = new ArrayList<>(new TreeSet<>(text.chars()
                .filter(c -> sort((char) c) == Sort.LETTER)
                .mapToObj(c -> (char) c)
                .toList()));
        return Character.toLowerCase(letters.get(random.nextInt(letters.size())));
    }

    /// Where a letter may go wrong: any but the first of a long word, though that one may change places
    /// with the second; any character of a run of them.
    private Set<Integer> places() {
        String text = toString();
        Set<Integer> places = new TreeSet<>();
        int begin = 0;
        for (int i = 1; i <= text.length(); i++) {
            if (i == text.length() || sort(text.charAt(i)) != sort(text.charAt(begin))) {
                int first = switch (sort(text.charAt(begin))) {
                    case CHARACTER -> i - begin >= FEWEST_CHARACTERS ? begin : i;
                    case LETTER -> i - begin >= FEWEST_LETTERS ? begin + 1 : i;
                    case OTHER -> i;
                };
                for (int place = first; place < i; place++) {
                    places.add(place);
                }
                begin = i;
            }
        }
        return places;
    }

    private enum Sort {
        CHARACTER, LETTER, OTHER
    }

    private static Sort sort(char c) {
        return switch (Character.UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> Sort.CHARACTER;
            default -> Character.isLetter(c) ? Sort.LETTER : Sort.OTHER;
        };
    }
}
