package dev.cascade.cron.web;

import java.net.InetAddress;
import java.util.Locale;

import dev.cascade.config.Home;
import dev.cascade.config.Serve;

/// Who may do what.
///
/// @param first
///            the root that the cookies are named after
record Access(Serve settings, InetAddress address, Token token, Home first) {

    /// Whether reading needs the token too.
    boolean isReadingGuarded() {
        return settings.tokenForReading() || !address.isLoopbackAddress();
    }

    /// Whether the page may be asked for under this name. A page of elsewhere can let its own name lead
    /// here, and would then read what is said to this one.
    boolean isKnownHost(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        return plain.equals("localhost") || plain.equals("127.0.0.1") || plain.equals("::1")
                || plain.equals("0:0:0:0:0:0:0:1")
                || plain.equals(address.getHostAddress())
                || plain.equals(settings.address().strip().toLowerCase(Locale.ROOT))
                || settings.hosts().stream().anyMatch(plain::equalsIgnoreCase);
    }
}
