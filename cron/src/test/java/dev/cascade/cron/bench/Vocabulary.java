package dev.cascade.cron.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/// The words of one language, the frequent ones first.
///
/// They are made of syllables and drawn as in natural text, few of them often and many seldom, so that an index of
/// such text has as many terms as one of real notes.
record Vocabulary(List<String> words, String between) {

    private static final int SIZE = 60_000;
    private static final Vocabulary MAIN = made(1, " ", "a e i o u ai ea",
            "b c d f g h l m n p r s t v w st tr ch", "", "n", "r", "s", "t");
    private static final Vocabulary ACCENTED = made(2, " ", "a e i o u ä ö ü é è",
            "b d f g h k l m n r s t sch", "", "n", "r", "ß", "ch");
    private static final Vocabulary CYRILLIC = made(3, " ", "а е и о у я",
            "б в г д к л м н п р с т", "", "н", "й", "т");
    private static final Vocabulary HAN = made(4, "", "山 水 日 月 人 心 木 火 土 金 天 地",
            "学 国 中 文 本 語 書 会 社 新 生 時", "", "的", "了");

    static Vocabulary of(RandomGenerator chance) {
        int language = chance.nextInt(20);
        return language < 15 ? MAIN
                : language < 18 ? ACCENTED : language < 19 ? CYRILLIC : HAN;
    }

    private static Vocabulary made(long seed, String between, String vowels,
            String consonants, String... endings) {
        Random chance = new Random(seed);
        String[] first = consonants.split(" ", -1);
        String[] second = vowels.split(" ", -1);
        List<String> words = new ArrayList<>(SIZE);
        for (int word = 0; word < SIZE; word++) {
            StringBuilder made = new StringBuilder();
            for (int syllable = 1 + word % 4 + chance.nextInt(2); syllable > 0; syllable--) {
                made.append(first[chance.nextInt(first.length)])
                        .append(second[chance.nextInt(second.length)]);
            }
            words.add(made.append(endings[chance.nextInt(endings.length)]).toString());
        }
        return new Vocabulary(words, between);
    }

    String some(RandomGenerator chance, int count) {
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < count; word++) {
            text.append(word > 0 ? between : "").append(words.get(drawn(chance)));
        }
        return text.toString();
    }

    /// The rank of a word: the more seldom, the higher.
    private static int drawn(RandomGenerator chance) {
        return (int) (Math.pow(SIZE, chance.nextDouble()) - 1);
    }
}
