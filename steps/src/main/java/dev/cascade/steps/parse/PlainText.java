package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.Block;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.jspecify.annotations.Nullable;

/// What a reader would see of parsed Markdown: links by their text, no tags, code as it is.
///
/// It goes from node to node without recursion, so no depth of nesting can overflow the stack.
final class PlainText {

    /// `[[target]]` and `[[target|text]]`.
    private static final Pattern WIKI_LINK = Pattern
            .compile("\\[\\[([^\\[\\]|\n]{1,500})(?:\\|([^\\[\\]\n]{1,500}))?\\]\\]");

    private PlainText() {}

    /// The text of one paragraph, code block, table row or the like.
    ///
    /// @param line
    ///            the line it begins in, counted from 1 within the parsed text
    /// @param separator
    ///            what parts it from the piece before it
    record Piece(int line, String text, String separator) {}

    /// The pieces of one block of the document, in their order; none of them is empty.
    static List<Piece> pieces(Node top) {
        String inner = top instanceof ListBlock
                || top instanceof TableBlock ? "\n" : "\n\n";
        List<Piece> pieces = new ArrayList<>();
        int line = line(top, 1);
        for (Node node = top; node != null; node = following(node, top, !isLeaf(node))) {
            line = line(node, line);
            String text = isLeaf(node) ? leaf(node) : "";
            if (!text.isEmpty()) {
                pieces.add(new Piece(line, text, pieces.isEmpty() ? "\n\n" : inner));
            }
        }
        return pieces;
    }

    static int line(Node node, int otherwise) {
        return node.getSourceSpans().isEmpty() ? otherwise
                : node.getSourceSpans().getFirst().getLineIndex() + 1;
    }

    private static boolean isLeaf(Node node) {
        return switch (node) {
            case Paragraph _,Heading _,FencedCodeBlock _,IndentedCodeBlock _,HtmlBlock _,TableRow _,LinkReferenceDefinition _ ->
                true;
            default -> !(node instanceof Block);
        };
    }

    private static String leaf(Node node) {
        return switch (node) {
            case FencedCodeBlock code -> Blanks.stripRight(code.getLiteral());
            case IndentedCodeBlock code -> Blanks.stripRight(code.getLiteral());
            case HtmlBlock html -> Blanks.strip(withoutTags(html.getLiteral()));
            case LinkReferenceDefinition _ -> "";
            default -> inline(node);
        };
    }

    /// The next node in the order of the document within `top`; null at its end.
    private static @Nullable Node following(Node node, Node top, boolean descend) {
        if (descend && node.getFirstChild() != null) {
            return node.getFirstChild();
        }
        Node at = node;
        while (!at.equals(top) && at.getNext() == null) {
            at = at.getParent();
        }
        return at.equals(top) ? null : at.getNext();
    }

    /// The text within one paragraph, heading or table row.
    static String inline(Node parent) {
        StringBuilder text = new StringBuilder();
        StringBuilder run = new StringBuilder();
        for (Node node = parent; node != null; node = following(node, parent, true)) {
            if (node instanceof Text part) {
                run.append(part.getLiteral());
                continue;
            }
            flush(run, text);
            switch (node) {
                case Code code -> text.append(code.getLiteral());
                case SoftLineBreak _ -> text.append('\n');
                case HardLineBreak _ -> text.append('\n');
                case HtmlInline html when isBreak(html) -> text.append('\n');
                case TableCell _ -> text.append(text.isEmpty() ? "" : " ");
                default -> {
                    // Emphasis, links, images and other tags: what is inside counts.
                }
            }
        }
        flush(run, text);
        return Blanks.strip(text.toString());
    }

    private static boolean isBreak(HtmlInline html) {
        return html.getLiteral().regionMatches(true, 0, "<br", 0, 3);
    }

    private static void flush(StringBuilder run, StringBuilder text) {
        if (!run.isEmpty()) {
            text.append(run.indexOf("[[") < 0 ? run : withoutWikiLinks(run));
            run.setLength(0);
        }
    }

    private static String withoutWikiLinks(CharSequence run) {
        return WIKI_LINK.matcher(run)
                .replaceAll(link -> Matcher.quoteReplacement(
                        link.group(2) == null ? link.group(1) : link.group(2)));
    }

    /// Drops comments and everything from `<` to the next `>`.
    private static String withoutTags(String html) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < html.length()) {
            int open = html.indexOf('<', at);
            if (open < 0) {
                break;
            }
            text.append(html, at, open);
            boolean comment = html.startsWith("<!--", open);
            int close = html.indexOf(comment ? "-->" : ">", open);
            if (close < 0) {
                return text.toString();
            }
            at = close + (comment ? 3 : 1);
        }
        return text.append(html, Math.min(at, html.length()), html.length()).toString();
    }
}
