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
/// with all words counts twice. A phrase must occur, and so must what is looked for in a field.
/// How much what counts was chosen by measurement: `docs/search-quality.md`.
///
/// @param wanted
///            what is looked for and later marked in the snippet
/// @param required
///            the phrases and fields, which must match
/// @param excluded
///            what must not match
record TextQuery(Query wanted, List<Query> required, List<Query> excluded) {

    private static final Map<String, Float> FIELDS = Map.of(Columns.TITLE, 1.5f,
            Columns.HEADINGS, 1f, Columns.BODY, 1f);
    private static final float OTHER_FIELDS = 0.1f;
    private static final float OTHER_FORMS = 0.5f;
    /// Less, for whoever asks for `fs.readFile` has seen it so, and `fs` stands everywhere.
    private static final float PARTS = 0.1f;

    /// Longer queries are cut, for Lucene takes no more than 1,024 clauses. Each term makes six:
    /// one for each field, and all of that again where all words are asked for.
    private static final int MOST_TERMS = 100;
    /// What a value costs of that which is compared whole; one of a path looks at all of them.
    private static final int WHOLE_VALUE = 4;
    private static final Query ENTRY = new TermQuery(new Term(Columns.TYPE, Columns.ENTRY));

    TextQuery {
        required = List.copyOf(required);
        excluded = List.copyOf(excluded);
    }

    /// What `clauses` ask for; empty if there is nothing to look for in them.
    ///
    /// @param meant
    ///            what words that no entry holds were probably meant to be
    static Optional<TextQuery> of(List<Clause> clauses, Fields fields, Analyzer analyzer,
            Map<String, String> meant) {
        Builder builder = new Builder(fields, analyzer, meant);
        // What must match or must not comes first, so that a long query loses none of it.
        clauses.stream().filter(clause -> !clause.isWords()).forEach(builder::add);
        clauses.stream().filter(Clause::isWords).forEach(builder::add);
        return builder.build();
    }

    private static final class Builder {

        private final Fields fields;
        private final Analyzer analyzer;
        private final Map<String, String> meant;
        private final List<Query> required = new ArrayList<>();
        /// Those of the required that say nothing of how well an entry answers.
        private final List<Query> filters = new ArrayList<>();
        private final List<Query> words = new ArrayList<>();
        private final List<Query> excluded = new ArrayList<>();
        private int left = MOST_TERMS;

        Builder(Fields fields, Analyzer analyzer, Map<String, String> meant) {
            this.fields = fields;
            this.analyzer = analyzer;
            this.meant = Map.copyOf(meant);
        }

        void add(Clause clause) {
            if (clause.isInField()) {
                addInField(clause);
                return;
            }
            List<Word> counted = counted(clause);
            if (counted.isEmpty()) {
                return;
            }
            if (clause.isExcluded()) {
                excluded.add(clause.isPrefix() ? loose(counted, true, Where.USUAL)
                        : phrase(counted, Where.USUAL));
            } else if (clause.isPhrase()) {
                required.add(phrase(counted, Where.USUAL));
            } else {
                words.add(loose(counted.stream().map(this::orMeant).toList(), clause.isPrefix(),
                        Where.USUAL));
            }
        }

        private Word orMeant(Word word) {
            String known = meant.get(word.term());
            if (known == null || left < 2) {
                return word;
            }
            left -= 2;
            return word.or(known);
        }

        private void addInField(Clause clause) {
            Optional<String> column = fields.words(clause.field());
            if (column.isEmpty()) {
                left -= WHOLE_VALUE;
                if (left < 0) {
                    return;
                }
                fields.whole(clause)
                        .ifPresentOrElse(
                                value -> (clause.isExcluded() ? excluded : filters).add(value),
                                () -> add(clause.asText()));
                return;
            }
            List<Word> counted = counted(clause);
            if (!counted.isEmpty()) {
                Where where = Where.only(column.get());
                Query query = clause.isPhrase() && fields.keepsOrder(column.get())
                        ? phrase(counted, where)
                        : every(counted, clause.isPrefix(), where);
                (clause.isExcluded() ? excluded : required).add(query);
            }
        }

        private List<Word> counted(Clause clause) {
            List<Word> counted = new ArrayList<>();
            for (Word word : Word.of(clause.text(), analyzer)) {
                left -= 1 + word.others().size();
                if (left >= 0) {
                    counted.add(word);
                }
            }
            return counted;
        }

        Optional<TextQuery> build() {
            if (required.isEmpty() && words.isEmpty() && filters.isEmpty()) {
                return excluded.isEmpty() ? Optional.empty()
                        : Optional.of(new TextQuery(ENTRY, List.of(ENTRY), excluded));
            }
            Query wanted = wanted(required, words, filters);
            required.addAll(filters);
            return Optional.of(new TextQuery(wanted, required, excluded));
        }
    }

    /// The fields that a word is looked up in.
    private interface Where {

        /// Title, headings and body; the best of them counts.
        Where USUAL = TextQuery::anywhere;

        Query look(Function<String, Query> inField);

        static Where only(String field) {
            return inField -> inField.apply(field);
        }
    }

    private static Query wanted(List<Query> required, List<Query> words, List<Query> filters) {
        BooleanQuery.Builder wanted = new BooleanQuery.Builder();
        required.forEach(phrase -> wanted.add(phrase, Occur.MUST));
        filters.forEach(filter -> wanted.add(filter, Occur.FILTER));
        words.forEach(word -> wanted.add(word, Occur.SHOULD));
        if (words.size() > 1) {
            BooleanQuery.Builder all = new BooleanQuery.Builder();
            words.forEach(word -> all.add(word, Occur.MUST));
            wanted.add(all.build(), Occur.SHOULD);
        }
        if (required.isEmpty() && !filters.isEmpty() && !words.isEmpty()) {
            wanted.setMinimumNumberShouldMatch(1);
        }
        return wanted.build();
    }

    /// All of the words; of one that was typed without a blank each part.
    private static Query every(List<Word> words, boolean isPrefix, Where where) {
        BooleanQuery.Builder every = new BooleanQuery.Builder();
        words.forEach(word -> every.add(
                isPrefix && word.equals(words.getLast()) && !word.isIdeographic()
                        ? beginning(word, where)
                        : form(word, where),
                Occur.MUST));
        return every.build();
    }

    /// What was typed without a blank: one word, or several that should stand together, such as
    /// `well-known` or a word of Chinese. Half of them are enough.
    private static Query loose(List<Word> words, boolean isPrefix, Where where) {
        Word last = words.getLast();
        BooleanQuery.Builder some = new BooleanQuery.Builder();
        for (Word word : words) {
            some.add(isPrefix && word.equals(last) && !word.isIdeographic()
                    ? beginning(word, where)
                    : form(word, where), Occur.SHOULD);
        }
        if (words.size() == 1) {
            return some.build().clauses().getFirst().query();
        }
        some.setMinimumNumberShouldMatch((words.size() + 1) / 2);
        return new BooleanQuery.Builder().add(some.build(), Occur.MUST)
                .add(phrase(words, where), Occur.SHOULD)
                .build();
    }

    /// The word as written, or another form of it for less of the score.
    private static Query form(Word word, Where where) {
        return where.look(field -> {
            List<Query> forms = new ArrayList<>();
            forms.add(term(field, word.term()));
            word.others()
                    .forEach(other -> forms.add(new BoostQuery(term(field, other),
                            word.isJoined() ? PARTS : OTHER_FORMS)));
            return new DisjunctionMaxQuery(forms, 0);
        });
    }

    /// Whatever begins so; the word itself counts on top of that.
    private static Query beginning(Word word, Where where) {
        return where.look(field -> new DisjunctionMaxQuery(
                List.of(term(field, word.term()), new PrefixQuery(new Term(field, word.term()))),
                1));
    }

    private static Query phrase(List<Word> words, Where where) {
        int first = words.getFirst().position();
        return where.look(field -> {
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
