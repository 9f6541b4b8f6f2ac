package dev.cascade.cron.cli;

/// A colour of the terminal.
enum Style {

    BOLD("1"), DIM("2"), RED("31"), GREEN("32"), YELLOW("33"), CYAN("36");

    private final String sequence;

    Style(String sequence) {
        this.sequence = sequence;
    }

    String on() {
        return "\u001b[" + sequence + "m";
    }

    static String off() {
        return "\u001b[0m";
    }
}
