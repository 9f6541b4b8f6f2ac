package dev.cascade.config;

/// Something an operator said, or did not say, that keeps a command from starting.
///
/// The message tells what, where and what was seen; the remedy tells what to do about it.
public class ConfigurationProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    public ConfigurationProblem(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    public ConfigurationProblem(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /// What the reader can do about it, as one sentence.
    public String remedy() {
        return remedy;
    }
}
