package dev.cascade.steps.embed;

/// What there is to say of libraries that are no Java.
final class NativeCode {

    private static final int LONGEST = 200;

    private NativeCode() {}

    static ModelProblem missing(String library, Throwable cause) {
        return new ModelProblem(
                "the native code of the library %s cannot be loaded on %s %s (%s); set cascade.embedding.provider to openai and let a server run the model"
                        .formatted(library, System.getProperty("os.name"),
                                System.getProperty("os.arch"), said(root(cause))),
                cause);
    }

    private static Throwable root(Throwable thrown) {
        return thrown.getCause() == null ? thrown : root(thrown.getCause());
    }

    /// What a library says, on one line of reasonable length.
    static String said(Throwable thrown) {
        String said = String.valueOf(thrown.getMessage())
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return said.length() <= LONGEST ? said : said.substring(0, LONGEST) + "…";
    }
}
