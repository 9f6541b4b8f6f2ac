package dev.cascade.steps.parse;

import java.util.List;

import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.internal.InlineParserImpl;
import org.commonmark.node.Document;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.InlineParser;
import org.commonmark.parser.InlineParserContext;
import org.commonmark.parser.InlineParserFactory;
import org.commonmark.parser.Parser;
import org.commonmark.parser.SourceLines;

/// One CommonMark parse whose time and depth are bounded whatever the text.
final class Markdown {

    /*
     * The library is quadratic in three places and recursive in one: every `<` looks for its `>` through
     * the whole paragraph, every bracket and star may look back at all before it, every line of a
     * paragraph that might begin a block copies the paragraph (see LongParagraphs), and nested emphasis
     * is merged by recursion. So a paragraph with very many such characters, and every costly one once
     * the file has used up its budget, is taken as plain text. So is a file of so many lines that the
     * tree of its nodes would take hundreds of times its size.
     */

    private static final int MAX_SPECIAL = 2000;
    private static final int MAX_LINES = 200_000;
    private static final int MAX_NESTING = 100;
    private static final long CHEAP = 10_000;
    private static final long BUDGET = 400_000_000;

    private final List<Extension> extensions = List.of(TablesExtension.create());
    private long spent;
    private boolean bounded;

    Node parse(String text) {
        int lines = lines(text);
        if (lines > MAX_LINES) {
            bounded = true;
            return verbatim(text);
        }
        return Parser.builder()
                .includeSourceSpans(IncludeSourceSpans.BLOCKS)
                .maxOpenBlockParsers(MAX_NESTING)
                .customBlockParserFactory(new LongParagraphs(lines))
                .extensions(extensions)
                .inlineParserFactory(new BoundedInlines())
                .build()
                .parse(text);
    }

    private static int lines(String text) {
        return 1 + (int) text.chars().filter(c -> c == '\n').count();
    }

    private static Node verbatim(String text) {
        IndentedCodeBlock block = new IndentedCodeBlock();
        block.setLiteral(text);
        Node document = new Document();
        document.appendChild(block);
        return document;
    }

    /// Whether some markup was left as it is because reading it would have cost too much.
    boolean isBounded() {
        return bounded;
    }

    private boolean isAffordable(String text) {
        long special = 0;
        long angles = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<', '&' -> {
                    special++;
                    angles++;
                }
                case '`', '[', ']', '!', '*', '_' -> special++;
                default -> {
                }
            }
        }
        long cost = special * special + angles * text.length();
        if (special > MAX_SPECIAL || (cost > CHEAP && spent + cost > BUDGET)) {
            return false;
        }
        spent += cost;
        return true;
    }

    private final class BoundedInlines implements InlineParserFactory {

        @Override
        public InlineParser create(InlineParserContext context) {
            InlineParser full = new InlineParserImpl(context);
            return (SourceLines lines, Node node) -> {
                String text = lines.getContent();
                if (isAffordable(text)) {
                    full.parse(lines, node);
                } else {
                    bounded = true;
                    node.appendChild(new Text(text));
                }
            };
        }
    }
}
