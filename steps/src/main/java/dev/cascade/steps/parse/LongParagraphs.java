package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.commonmark.node.Block;
import org.commonmark.node.Paragraph;
import org.commonmark.parser.InlineParser;
import org.commonmark.parser.SourceLine;
import org.commonmark.parser.SourceLines;
import org.commonmark.parser.block.AbstractBlockParser;
import org.commonmark.parser.block.BlockContinue;
import org.commonmark.parser.block.BlockParserFactory;
import org.commonmark.parser.block.BlockStart;
import org.commonmark.parser.block.MatchedBlockParser;
import org.commonmark.parser.block.ParserState;
import org.jspecify.annotations.Nullable;

/// Breaks a paragraph of very many lines into two, and keeps very wide tables paragraphs.
///
/// The library copies all lines of a paragraph for each next line that might begin a block. The
/// second part is a paragraph whose lines it does not ask for.
final class LongParagraphs implements BlockParserFactory {

    private static final int MAX_LINES = 1000;

    /// A table is filled up with empty cells to its width, however short its rows are.
    private static final int MAX_CELLS = 1_000_000;

    private static final Pattern ALWAYS_A_BLOCK = Pattern.compile("(#{1,6}([ \t]|$)|```|~~~)");

    private final int maxColumns;
    private @Nullable Block paragraph;
    private int firstLine;

    /// @param lines
    ///            how many lines the whole text has
    LongParagraphs(int lines) {
        maxColumns = MAX_CELLS / Math.max(lines, 1);
    }

    @Override
    public BlockStart tryStart(ParserState state, MatchedBlockParser matched) {
        Block open = state.getActiveBlockParser().getBlock();
        if (!(open instanceof Paragraph) || open instanceof Continued) {
            return BlockStart.none();
        }
        CharSequence line = state.getLine().getContent();
        boolean isTooLong = lines(open, state, matched) >= MAX_LINES
                && !ALWAYS_A_BLOCK.matcher(line)
                        .region(state.getNextNonSpaceIndex(), line.length())
                        .lookingAt();
        return isTooLong || isWideDelimiterRow(line)
                ? BlockStart.of(new Rest()).atIndex(state.getIndex())
                : BlockStart.none();
    }

    /// How many lines the open paragraph has; they are counted once and not copied again.
    private int lines(Block open, ParserState state, MatchedBlockParser matched) {
        int line = state.getLine().getSourceSpan().getLineIndex();
        if (!open.equals(paragraph)) {
            paragraph = open;
            firstLine = line - matched.getParagraphLines().getLines().size();
        }
        return line - firstLine;
    }

    private boolean isWideDelimiterRow(CharSequence line) {
        int columns = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ("|-: \t>".indexOf(c) < 0) {
                return false;
            }
            columns += c == '|' ? 1 : 0;
        }
        return columns > maxColumns + 1;
    }

    private static final class Continued extends Paragraph {}

    private static final class Rest extends AbstractBlockParser {

        private final Continued block = new Continued();
        private final List<SourceLine> lines = new ArrayList<>();

        @Override
        public Block getBlock() {
            return block;
        }

        @Override
        public BlockContinue tryContinue(ParserState state) {
            return state.isBlank() ? BlockContinue.none()
                    : BlockContinue.atIndex(state.getIndex());
        }

        @Override
        public void addLine(SourceLine line) {
            lines.add(line);
        }

        @Override
        public void parseInlines(InlineParser parser) {
            parser.parse(SourceLines.of(lines), block);
        }
    }
}
