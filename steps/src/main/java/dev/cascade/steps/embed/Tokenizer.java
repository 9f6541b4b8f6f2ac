package dev.cascade.steps.embed;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

import dev.cascade.config.ModelFolder;

/// Divides texts into the tokens of a model, by its `tokenizer.json`. Several threads can use it.
final class Tokenizer implements AutoCloseable {

    /*
     * The library's own class reports each start to its makers and cuts texts as tokenizer.json says.
     * So its native functions are called instead: these load code and divide texts, and do nothing
     * else. The word for being offline is said besides, for it also keeps the library from fetching
     * native code for machines that it brings none for.
     */

    private final long handle;
    private final int cut;

    /// What a text is to a model.
    static final class Tokens {

        private final long[] ids;
        private final long[] types;

        Tokens(long[] ids, long[] types) {
            this.ids = ids;
            this.types = types;
        }

        int count() {
            return ids.length;
        }

        /// Writes which tokens they are into a row that begins at `at`.
        void putIds(long[] rows, int at) {
            System.arraycopy(ids, 0, rows, at, ids.length);
        }

        /// Writes to which part of the text each belongs, for models that ask.
        void putTypes(long[] rows, int at) {
            System.arraycopy(types, 0, rows, at, ids.length);
        }
    }

    private Tokenizer(long handle, int cut) {
        this.handle = handle;
        this.cut = cut;
    }

    static Tokenizer of(Path file) throws ModelProblem {
        String json = read(file);
        System.setProperty("ai.djl.offline", "true");
        try {
            LibUtils.checkStatus();
        } catch (EngineException | LinkageError ex) {
            throw NativeCode.missing("tokenizers", ex);
        }
        long handle;
        try {
            handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
        } catch (RuntimeException ex) {
            throw new ModelProblem(
                    "%s is no tokenizer that can be read (%s); take it from the model's export again"
                            .formatted(file, NativeCode.said(ex)),
                    ex);
        }
        int cut = Math.max(0, TokenizersLibrary.LIB.getMaxLength(handle));
        // A text is never cut here, and rows are filled up where they are put together.
        TokenizersLibrary.LIB.disableTruncation(handle);
        TokenizersLibrary.LIB.disablePadding(handle);
        return new Tokenizer(handle, cut);
    }

    private static String read(Path file) throws ModelProblem {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException ex) {
            throw new ModelProblem("%s is no text in UTF-8; take it from the model's export again"
                    .formatted(file), ex);
        } catch (IOException ex) {
            throw new ModelProblem(
                    "%s cannot be read: %s; a model needs the tokenizer that it was trained with"
                            .formatted(file, ModelFolder.reason(ex)),
                    ex);
        }
    }

    /// After how many tokens its file would have had texts cut; 0 if it says nothing of it.
    int cut() {
        return cut;
    }

    /// The tokens of `text`, with those that mark its beginning and end.
    Tokens tokens(String text) {
        long encoding = TokenizersLibrary.LIB.encode(handle, text, true);
        try {
            return new Tokens(TokenizersLibrary.LIB.getTokenIds(encoding),
                    TokenizersLibrary.LIB.getTypeIds(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /// Nobody may use it any more.
    @Override
    public void close() {
        TokenizersLibrary.LIB.deleteTokenizer(handle);
    }
}
