package dev.cascade.cron.bench;

/// What a JVM costs that does nothing.
final class HelloWorld {

    private HelloWorld() {}

    static void main() {
        System.out.println("hello, world");
    }
}
