package dev.cascade.cron.web;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import org.apache.coyote.Adapter;
import org.apache.coyote.ErrorState;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

/// HTTP of requests that must have come to their last byte some time after their first.
///
/// Tomcat's own timeouts are those of one read: whoever sends a byte now and then would keep a connection
/// for hours. Tomcat makes it by its name, so it must be public.
public final class TimedHttp extends Http11NioProtocol {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// What surrounds a chunk is read in one go, in which nobody looks at the time: it has no room for more
    /// than HTTP needs.
    public TimedHttp() {
        setMaxExtensionSize(0);
        setMaxTrailerSize(2);
    }

    @Override
    protected Processor createProcessor() {
        return new Timed(this, getAdapter());
    }

    /// One connection.
    private static final class Timed extends Http11Processor {

        Timed(TimedHttp protocol, Adapter adapter) {
            super(protocol, adapter);
            InputBuffer body = request.getInputBuffer();
            request.setInputBuffer(new InputBuffer() {

                @Override
                public int doRead(ApplicationBufferHandler handler) throws IOException {
                    if (isLate()) {
                        SocketTimeoutException late = new SocketTimeoutException(
                                "the body did not come within %d s".formatted(LIMIT.toSeconds()));
                        setErrorState(ErrorState.CLOSE_CONNECTION_NOW, late);
                        throw late;
                    }
                    return body.doRead(handler);
                }

                @Override
                public int available() {
                    return body.available();
                }
            });
        }

        /// Comes back here with each part of the head.
        @Override
        public SocketState service(SocketWrapperBase<?> connection) throws IOException {
            return isLate() ? SocketState.CLOSED : super.service(connection);
        }

        private boolean isLate() {
            long begun = request.getStartTimeNanos();
            return begun != -1 && System.nanoTime() - begun > LIMIT.toNanos();
        }
    }
}
