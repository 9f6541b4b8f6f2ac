package dev.cascade.cron.mcp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Remembers whether there is no more to read.
final class EndingStream extends FilterInputStream {

    private volatile boolean isEnded;

    EndingStream(InputStream in) {
        super(in);
    }

    boolean isEnded() {
        return isEnded;
    }

    @Override
    public int read() throws IOException {
        return seen(super.read());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return seen(super.read(buffer, offset, length));
    }

    private int seen(int read) {
        isEnded = isEnded || read < 0;
        return read;
    }
}
