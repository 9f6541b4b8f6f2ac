package dev.cascade.steps.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

import dev.cascade.steps.index.Columns;

/// What a query looks for, as Lucene wants it said.
///
/// Each word is looked up in title, headings and body, and the best of the three counts. An entry
/// with all words counts twice. A phrase must occur.
///
/// @param wanted
///            what is looked for and later marked in the snippet
/// @param required
///            the phrases, which must occur
/// @param excluded
///            what must not occur
record TextQuery(Query wanted, List<Query> required, List<Query> excluded) {

    private static final Map<String, Float> FIELDS = Map.of(Columns.TITLE, 3f, Columns.HEADINGS,
            1.5f, Columns.BODY, 1f);
    private static final float OTHER_FIELDS = 0.1f;
    private static final float OTHER_FORMS = 0.5f;

    /// Longer queries are cut, for Lucene takes no more than 1,024 clauses. Each term makes six:
    /// one for each field, and all of that again where all words are asked for.
    private static final int MOST_TERMS = 100;

    TextQuery {
        required = List.copyOf(required);
        excluded = List.copyOf(excluded);
    }

    /// The query that was typed; empty if there is no word in it.
    static Optional<TextQuery> of(String typed, Analyzer analyzer) {
        List<Query> phrases = new ArrayList<>();
        List<Query> words = new ArrayList<>();
        List<Query> excluded = new ArrayList<>();
        int left = MOST_TERMS;
        for (Clause clause : Clause.read(typed)) {
            List<Word> counted = new ArrayList<>();
            for (Word word : Word.of(clause.text(), analyzer)) {
                left -= 1 + word.others().size();
                if (left >= 0) {
                    counted.add(word);
                }
            }
            if (counted.isEmpty()) {
                continue;
            }
            if (clause.isExcluded()) {
                excluded.add(clause.isPrefix() ? loose(counted, true) : phrase(counted));
            } else if (clause.isPhrase()) {
                phrases.add(phrase(counted));
            } else {
                words.add(loose(counted, clause.isPrefix()));
            }
        }
        return phrases.isEmpty() && words.isEmpty()
                ? Optional.empty()
                : Optional.of(new TextQuery(wanted(phrases, words), phrases, excluded));
    }

    private static Query wanted(List<Query> phrases, List<Query> words) {
        BooleanQuery.Builder wanted = new BooleanQuery.Builder();
        phrases.forEach(phrase -> wanted.add(phrase, Occur.MUST));
        words.forEach(word -> wanted.add(word, Occur.SHOULD));
        if (words.size() > 1) {
            BooleanQuery.Builder all = new BooleanQuery.Builder();
            words.forEach(word -> all.add(word, Occur.MUST));
            wanted.add(all.build(), Occur.SHOULD);
        }
        return wanted.build();
    }

    /// What was typed without a blank: one word, or several that should stand together, such as
    /// `well-known` or a word of Chinese. Half of them are enough.
    private static Query loose(List<Word> words, boolean isPrefix) {
        Word last = words.getLast();
        BooleanQuery.Builder some = new BooleanQuery.Builder();
        for (Word word : words) {
            some.add(isPrefix && word.equals(last) && !word.isIdeographic()
                    ? beginning(word)
                    : form(word), Occur.SHOULD);
        }
        if (words.size() == 1) {
            return some.build().clauses().getFirst().query();
        }
        some.setMinimumNumberShouldMatch((words.size() + 1) / 2);
        return new BooleanQuery.Builder().add(some.build(), Occur.MUST)
                .add(phrase(words), Occur.SHOULD)
                .build();
    }

    /// The word as written, or another form of it for half the score.
    private static Query form(Word word) {
        return anywhere(field -> {
            List<Query> forms = new ArrayList<>();
            forms.add(term(field, word.term()));
            word.others()
                    .forEach(other -> forms.add(new BoostQuery(term(field, other), OTHER_FORMS)));
            return new DisjunctionMaxQuery(forms, 0);
        });
    }

    /// Whatever begins so; the word itself counts on top of that.
    private static Query beginning(Word word) {
        return anywhere(field -> new DisjunctionMaxQuery(
                List.of(term(field, word.term()), new PrefixQuery(new Term(field, word.term()))),
                1));
    }

    private static Query phrase(List<Word> words) {
        int first = words.getFirst().position();
        return anywhere(field -> {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            words.forEach(word -> phrase.add(new Term(field, word.term()),
                    word.position() - first));
            return phrase.build();
        });
    }

    private static Query term(String field, String term) {
        return new TermQuery(new Term(field, term));
    }

    private static Query anywhere(Function<String, Query> inField) {
        List<Query> fields = new ArrayList<>();
        FIELDS.forEach((field, boost) -> fields
                .add(new BoostQuery(inField.apply(field), boost)));
        return new DisjunctionMaxQuery(fields, OTHER_FIELDS);
    }
}
