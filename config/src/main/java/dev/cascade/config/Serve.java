package dev.cascade.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the status page of `cascade serve` can be had, and by whom. A root's own file cannot say this.
///
/// @param http
///            whether there is a page, an API and metrics at all
/// @param address
///            of this machine, on which they are listened for; beyond loopback a token file must be named
/// @param port
///            0 to 65,535; 0 takes any that is free
/// @param tokenFile
///            a file that holds the token which whoever changes something must know; without it, on
///            loopback, one is made in the state of the first root
/// @param tokenForReading
///            whether reading needs the token too; beyond loopback it always does
/// @param hostNames
///            further names, divided by commas, under which a browser may ask for the page, such as that
///            of a proxy
public record Serve(@DefaultValue("true") boolean http, @DefaultValue("127.0.0.1") String address,
        @DefaultValue("7411") int port, @DefaultValue("") String tokenFile,
        @DefaultValue("false") boolean tokenForReading, @DefaultValue("") String hostNames) {

    private static final int LAST_PORT = 65_535;

    public Serve {
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException(
                    "cascade.serve.port is %d, outside of 0 to %d".formatted(port, LAST_PORT));
        }
        if (address.isBlank()) {
            throw new IllegalArgumentException(
                    "cascade.serve.address is empty; 127.0.0.1 is this machine alone");
        }
        try {
            var _ = Path.of(tokenFile);
        } catch (InvalidPathException _) {
            throw new IllegalArgumentException("cascade.serve.token-file is no path of a file");
        }
    }

    /// The same on another port.
    public Serve at(int otherPort) {
        return new Serve(http, address, otherPort, tokenFile, tokenForReading, hostNames);
    }

    /// The file that the operator named.
    public Optional<Path> namedTokenFile() {
        return tokenFile.isBlank() ? Optional.empty() : Optional.of(Path.of(tokenFile.strip()));
    }

    /// Further names of the page.
    public List<String> hosts() {
        return Stream.of(hostNames.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
