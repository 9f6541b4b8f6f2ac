package dev.cascade.cron.web;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.keygen.KeyGenerators;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Home;
import dev.cascade.config.Serve;
import dev.cascade.steps.tree.Reason;

/// What whoever changes something must know. It is never shown, only the file that holds it.
///
/// @param file
///            null if there was no place to keep it, so that nobody knows it
record Token(@Nullable Path file, String secret) {

    private static final Set<PosixFilePermission> OWNERS = Set.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE);
    private static final int RANDOM_BYTES = 32;
    private static final int SHORTEST = 16;
    private static final int LONGEST = 1000;

    /// The token that the operator named; on loopback without one, that in the state of the first root
    /// that has a state, which is made if it is not there. As long as no root is there, perhaps for it is
    /// not mounted yet, one is made that nobody knows.
    ///
    /// @throws ConfigurationProblem
    ///             if it cannot be read or is too short to be one, or if `address` can be reached from
    ///             elsewhere and none is named
    static Token of(Serve settings, InetAddress address, List<Home> homes) {
        if (settings.namedTokenFile().isEmpty() && !address.isLoopbackAddress()) {
            throw new ConfigurationProblem(
                    "%s can be reached from elsewhere, and cascade.serve.token-file is not set"
                            .formatted(settings.address()),
                    "Name a file that holds a long random token, or listen on 127.0.0.1.");
        }
        return settings.namedTokenFile().map(Token::read).orElseGet(() -> own(homes));
    }

    private static Token own(List<Home> homes) {
        return homes.stream()
                .filter(home -> Files.isDirectory(home.state()))
                .findFirst()
                .map(home -> kept(home.serveToken()))
                .orElseGet(() -> new Token(null, random()));
    }

    private static Token kept(Path file) {
        if (Files.notExists(file)) {
            make(file, random());
        }
        requirePrivate(file);
        return read(file);
    }

    /// One that others could have written, or read, may be known to them: it may have come with the root.
    private static void requirePrivate(Path file) {
        try {
            boolean isPrivate = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && OWNERS.containsAll(Files.getPosixFilePermissions(file));
            if (!isPrivate) {
                throw new ConfigurationProblem(
                        "%s can be read or written by others, or is no file".formatted(file),
                        "Delete it; a new token is made then.");
            }
        } catch (IOException ex) {
            throw unreadable(file, ex);
        }
    }

    private static ConfigurationProblem unreadable(Path file, IOException ex) {
        return new ConfigurationProblem(
                "the token cannot be read: %s: %s".formatted(file, Reason.of(ex)),
                "Correct cascade.serve.token-file.", ex);
    }

    private static String random() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(KeyGenerators.secureRandom(RANDOM_BYTES).generateKey());
    }

    private static void make(Path file, String secret) {
        try (var channel = Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNERS))) {
            channel.write(StandardCharsets.US_ASCII.encode(secret + "\n"));
        } catch (FileAlreadyExistsException _) {
            return; // another process was faster; its token is as good
        } catch (IOException ex) {
            throw new ConfigurationProblem(
                    "the token cannot be kept: %s: %s".formatted(file, Reason.of(ex)),
                    "Make the folder writable, name another file with cascade.serve.token-file, or leave the page out with --set serve.http=false.",
                    ex);
        }
    }

    private static Token read(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new ConfigurationProblem(
                        "%s holds more than %d bytes and is no token".formatted(file, LONGEST),
                        "Keep nothing but the token in it.");
            }
            String secret = Files.readString(file).strip();
            if (secret.length() < SHORTEST) {
                throw new ConfigurationProblem(
                        "the token in %s has %d characters".formatted(file, secret.length()),
                        "Make it %d or longer, at random: openssl rand -hex 32"
                                .formatted(SHORTEST));
            }
            return new Token(file, secret);
        } catch (IOException ex) {
            throw unreadable(file, ex);
        }
    }

    /// Where it is found, in words.
    String place() {
        return file == null
                ? "a file that is made when serve is started and a root is there"
                : file.toString();
    }

    /// Whether `given` is the token. It takes as long for a wrong one.
    boolean is(String given) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8),
                secret.getBytes(StandardCharsets.UTF_8));
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "Token[%s]".formatted(place());
    }
}
