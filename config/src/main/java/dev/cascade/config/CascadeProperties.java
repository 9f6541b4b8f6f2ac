package dev.cascade.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Everything an operator may say, bound once from all sources and checked.
///
/// The keys are these names in kebab-case below `cascade:`, such as `cascade.reconcile.chunk-size`.
///
/// @param layout
///            how the root is organised; `auto` looks at its folders once and records the answer
public record CascadeProperties(@DefaultValue("auto") LayoutChoice layout,
        @DefaultValue Reconcile reconcile, @DefaultValue Retry retry, @DefaultValue Guard guard,
        @DefaultValue Budget budget, @DefaultValue Index index, @DefaultValue Embedding embedding,
        @DefaultValue History history, @DefaultValue Backup backup,
        @DefaultValue Schedule schedule, @DefaultValue Serve serve) {

    /// The same settings for one of `roots` roots that share the processors of this machine.
    public CascadeProperties sharedBy(int roots) {
        return new CascadeProperties(layout, reconcile.sharedBy(roots), retry, guard, budget, index,
                embedding, history, backup, schedule, serve);
    }

    /// The same settings for a run that leaves no file because it changed lately.
    public CascadeProperties withoutSettling() {
        return new CascadeProperties(layout,
                new Reconcile(reconcile.chunkSize(), reconcile.concurrency(),
                        reconcile.maxFileSize(), Duration.ZERO),
                retry, guard, budget, index, embedding, history, backup, schedule, serve);
    }

    /// The same settings, with others for the embedder.
    CascadeProperties with(Embedding other) {
        return new CascadeProperties(layout, reconcile, retry, guard, budget, index, other,
                history, backup, schedule, serve);
    }

    /// What to take for the layout of a root.
    public enum LayoutChoice {
        AUTO, EVEROS, NOTES
    }

    /// How a reconcile run goes about its files.
    ///
    /// @param chunkSize
    ///            files that are committed together, 1 to 10,000
    /// @param concurrency
    ///            files that are read and parsed at once, 1 to 256; 0 means one for each processor
    /// @param maxFileSize
    ///            a larger file is refused, 1 KB to 1 GB
    /// @param settleTime
    ///            a file that changed more lately is left to a later run, if the run is a scheduled one, 0 to
    ///            10 min
    public record Reconcile(@DefaultValue("5000") int chunkSize, @DefaultValue("0") int concurrency,
            @DefaultValue("16MB") DataSize maxFileSize, @DefaultValue("0s") Duration settleTime) {

        public Reconcile {
            Range.of(1, 10_000).check("cascade.reconcile.chunk-size", chunkSize);
            Range.of(0, 256).check("cascade.reconcile.concurrency", concurrency);
            Range.of(1024, 1L << 30)
                    .check("cascade.reconcile.max-file-size",
                            maxFileSize.toBytes());
            Range.of(0, Duration.ofMinutes(10).toMillis())
                    .check("cascade.reconcile.settle-time", settleTime.toMillis());
        }

        /// The same, with this root's share of the processors if they are not counted out.
        Reconcile sharedBy(int roots) {
            return concurrency > 0 ? this
                    : new Reconcile(chunkSize, Math.max(1, workers() / roots), maxFileSize,
                            settleTime);
        }

        /// The number of files in work at once, with 0 resolved.
        public int workers() {
            return concurrency > 0 ? concurrency : Runtime.getRuntime().availableProcessors();
        }
    }

    /// What happens to a file that could not be read just now.
    ///
    /// @param maxAttempts
    ///            tries within one run, 1 to 10
    /// @param backoff
    ///            how long the file then waits, doubled each time, 100 ms to 1 h
    /// @param maxBackoff
    ///            the longest wait, at least `backoff`, at most 7 d
    /// @param totalBudget
    ///            attempts over all runs after which only the longest wait is used, 1 to 1,000
    public record Retry(@DefaultValue("3") int maxAttempts, @DefaultValue("2s") Duration backoff,
            @DefaultValue("1h") Duration maxBackoff, @DefaultValue("12") int totalBudget) {

        public Retry {
            Range.of(1, 10).check("cascade.retry.max-attempts", maxAttempts);
            Range.of(100, Duration.ofHours(1).toMillis())
                    .check("cascade.retry.backoff",
                            backoff.toMillis());
            Range.of(backoff.toMillis(), Duration.ofDays(7).toMillis())
                    .check("cascade.retry.max-backoff", maxBackoff.toMillis());
            Range.of(1, 1000).check("cascade.retry.total-budget", totalBudget);
        }
    }

    /// How much may vanish in one run before a person is asked.
    ///
    /// @param maxRemovals
    ///            files, 0 to 1,000,000,000
    /// @param maxRemovalShare
    ///            percent of the files that are known, 0 to 100; ten files may always go
    /// @param approvalExpires
    ///            how long an approval that was not used stands, 1 min to 30 d
    public record Guard(@DefaultValue("1000") long maxRemovals,
            @DefaultValue("20") int maxRemovalShare,
            @DefaultValue("1d") Duration approvalExpires) {

        private static final long ALWAYS = 10;

        public Guard {
            Range.of(0, 1_000_000_000).check("cascade.guard.max-removals", maxRemovals);
            Range.of(0, 100).check("cascade.guard.max-removal-share", maxRemovalShare);
            Range.of(Duration.ofMinutes(1).toMillis(), Duration.ofDays(30).toMillis())
                    .check("cascade.guard.approval-expires", approvalExpires.toMillis());
        }

        /// The most files that may go in one run out of `known`.
        public long limit(long known) {
            return Math.min(maxRemovals, Math.max(ALWAYS, known * maxRemovalShare / 100));
        }

        /// Whether it looks as if another root stood in the place of this one: so many files are gone,
        /// and of those that are there so many were known. A handful can well be replaced by others.
        public boolean isForeign(long gone, long stillKnown) {
            return stillKnown == 0 && gone > ALWAYS;
        }
    }

    /// How much one run may do; the rest stays owed. 0 means no limit.
    ///
    /// @param files
    ///            files that are read, 0 to 1,000,000,000
    /// @param bytes
    ///            bytes that are read, 0 to 1 PB
    /// @param minutes
    ///            minutes after which no further file is begun and no further request made, 0 to 10,080
    /// @param embeddingRequests
    ///            requests for vectors, 0 to 1,000,000,000; a batch that must be divided takes more
    /// @param embeddingTexts
    ///            texts whose vectors are asked for, 0 to 1,000,000,000
    public record Budget(@DefaultValue("0") long files, @DefaultValue("0MB") DataSize bytes,
            @DefaultValue("0") int minutes, @DefaultValue("0") long embeddingRequests,
            @DefaultValue("0") long embeddingTexts) {

        public Budget {
            Range.of(0, 1_000_000_000).check("cascade.budget.files", files);
            Range.of(0, 1L << 50).check("cascade.budget.bytes", bytes.toBytes());
            Range.of(0, 10_080).check("cascade.budget.minutes", minutes);
            Range.of(0, 1_000_000_000)
                    .check("cascade.budget.embedding-requests", embeddingRequests);
            Range.of(0, 1_000_000_000).check("cascade.budget.embedding-texts", embeddingTexts);
        }
    }

    /// How the index is written.
    ///
    /// @param ramBuffer
    ///            memory for documents that are not yet flushed, 1 MB to 2 GB
    /// @param keepGenerations
    ///            earlier generations that stay, so that `rebuild --rollback` can return to them, 0 to 10
    /// @param onDrift
    ///            what happens when the index was made in another way than is asked for now
    public record Index(@DefaultValue("64MB") DataSize ramBuffer,
            @DefaultValue("1") int keepGenerations, @DefaultValue("rebuild") OnDrift onDrift) {

        /// - `REBUILD`: the next run builds a new generation beside the live one
        /// - `STOP`: runs are refused until a person says `cascade rebuild`
        public enum OnDrift {
            REBUILD, STOP
        }

        public Index {
            Range.of(1 << 20, 2L << 30).check("cascade.index.ram-buffer", ramBuffer.toBytes());
            Range.of(0, 10).check("cascade.index.keep-generations", keepGenerations);
        }
    }

    /// How texts are turned into vectors. Without a provider there are none, and search is by keyword.
    ///
    /// @param baseUrl
    ///            where the endpoint answers; `/v1/embeddings` or `/embeddings` is added if it is missing
    /// @param model
    ///            its name, as the endpoint knows it; for a model of this machine what it is told apart
    ///            by, which [Settings] finds out
    /// @param modelFolder
    ///            where a model of this machine lies, with its tokenizer
    /// @param apiKey
    ///            sent as bearer token; empty for an endpoint that asks for none
    /// @param apiKeyFile
    ///            a file that holds the key, instead of `apiKey`
    /// @param dimensions
    ///            the width that is asked for, 1 to 4,096; 0 takes the model's own and asks for none
    /// @param batchSize
    ///            texts in one request, 1 to 2,048
    /// @param maxConcurrent
    ///            requests under way at once, 1 to 64; for a model of this machine no more than it has
    ///            processors
    /// @param timeout
    ///            the longest that one answer may take, to its last byte, 1 s to 10 min
    /// @param queryPrefix
    ///            put in front of what is searched, for models that want it
    /// @param documentPrefix
    ///            put in front of what is indexed, for models that want it
    /// @param maxText
    ///            characters of one text; a longer one is divided and its vectors are averaged, 200 to
    ///            1,000,000
    /// @param cacheSize
    ///            room for vectors that need not be asked for again, 1 MB to 1 TB
    public record Embedding(@DefaultValue("none") Provider provider,
            @DefaultValue("http://127.0.0.1:11434/v1") String baseUrl,
            @DefaultValue("") String model, @DefaultValue("") String modelFolder,
            @DefaultValue("") String apiKey, @DefaultValue("") String apiKeyFile,
            @DefaultValue("0") int dimensions,
            @DefaultValue("32") int batchSize, @DefaultValue("4") int maxConcurrent,
            @DefaultValue("1m") Duration timeout, @DefaultValue("") String queryPrefix,
            @DefaultValue("") String documentPrefix, @DefaultValue("6000") int maxText,
            @DefaultValue("1GB") DataSize cacheSize) {

        /// The most dimensions of a vector that an index holds.
        public static final int WIDEST = 4096;

        private static final String UNKNOWN_MODEL = "onnx:unknown";

        /// Who turns texts into vectors.
        public enum Provider {
            NONE, OPENAI, ONNX
        }

        public Embedding {
            requireNoUser(baseUrl);
            Range.of(0, WIDEST).check("cascade.embedding.dimensions", dimensions);
            Range.of(1, 2048).check("cascade.embedding.batch-size", batchSize);
            Range.of(1, 64).check("cascade.embedding.max-concurrent", maxConcurrent);
            Range.of(1000, Duration.ofMinutes(10).toMillis())
                    .check("cascade.embedding.timeout", timeout.toMillis());
            Range.of(200, 1_000_000).check("cascade.embedding.max-text", maxText);
            Range.of(1 << 20, 1L << 40)
                    .check("cascade.embedding.cache-size", cacheSize.toBytes());
            if (provider == Provider.OPENAI) {
                requireUrl(baseUrl);
                if (model.isBlank()) {
                    throw new IllegalArgumentException(
                            "cascade.embedding.model is empty; name the model that the endpoint is to use");
                }
                if (!apiKey.isBlank() && !apiKeyFile.isBlank()) {
                    throw new IllegalArgumentException(
                            "cascade.embedding.api-key and api-key-file are both given; keep one");
                }
            } else if (provider == Provider.ONNX) {
                requireFolder(modelFolder);
            }
        }

        /// Whether it is there is asked later: a disk that is not mounted must not stop everything.
        private static void requireFolder(String folder) {
            if (folder.isBlank()) {
                throw new IllegalArgumentException(
                        "cascade.embedding.model-folder is empty; name the folder that holds model.onnx and tokenizer.json");
            }
            try {
                var _ = Path.of(folder);
            } catch (InvalidPathException _) {
                throw new IllegalArgumentException(
                        "cascade.embedding.model-folder is no path of a folder");
            }
        }

        /// Asked whether the embedder is on or not, for settings are shown in either case.
        private static void requireNoUser(String url) {
            if (url.matches("[^/]*//[^/]*@.*")) {
                throw new IllegalArgumentException(
                        "cascade.embedding.base-url holds a user or password; say them in api-key");
            }
        }

        /// The address is not repeated: it may hold what should not be shown.
        private static void requireUrl(String text) {
            URI url;
            try {
                url = new URI(text);
            } catch (URISyntaxException _) {
                throw new IllegalArgumentException("cascade.embedding.base-url is no URL");
            }
            if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
                    || url.getHost() == null || url.getRawQuery() != null
                    || url.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "cascade.embedding.base-url is no http or https URL with a host, such as http://127.0.0.1:11434/v1");
            }
        }

        public boolean isOn() {
            return provider != Provider.NONE;
        }

        /// How many requests are under way at once.
        public int atOnce() {
            return provider == Provider.ONNX
                    ? Math.min(maxConcurrent, Runtime.getRuntime().availableProcessors())
                    : maxConcurrent;
        }

        /// What people know the model by.
        public String shownModel() {
            return provider == Provider.ONNX
                    ? String.valueOf(localModel().path().getFileName())
                    : model;
        }

        /// The folder of a model of this machine.
        public ModelFolder localModel() {
            return new ModelFolder(Path.of(modelFolder));
        }

        /// Names the vectors that can be compared with each other: those of one model and width, of
        /// texts with the same prefix.
        public String space() {
            return digest(model, Integer.toString(dimensions), documentPrefix);
        }

        /// Changes whenever the embedder would be asked in another way.
        public String digest() {
            return digest(space(), provider.name(), baseUrl, modelFolder, apiKey, apiKeyFile);
        }

        /// What `text` is known by where vectors are kept.
        public String textSha256(String text) {
            return Digests.sha256((documentPrefix + text).getBytes(StandardCharsets.UTF_8));
        }

        private static String digest(String... parts) {
            return Digests.sha256(String.join("\u0000", parts).getBytes(StandardCharsets.UTF_8))
                    .substring(0, 12);
        }

        /// The same, with no answer waited for longer than `longest`.
        public Embedding within(Duration longest) {
            return timeout.compareTo(longest) <= 0 ? this
                    : with(model, apiKey, apiKeyFile, longest);
        }

        Embedding withoutKey() {
            return with(model, "", "", timeout);
        }

        /// The same, with the model of this machine told apart by what is in its folder now.
        ///
        /// @throws IOException
        ///             if that cannot be read
        public Embedding withLocalModel() throws IOException {
            return withModel("onnx:" + localModel().digest());
        }

        /// The same, with a model of this machine that cannot be told apart from others now.
        Embedding withUnknownModel() {
            return withModel(UNKNOWN_MODEL);
        }

        /// Whether it is known which model is asked.
        public boolean isModelKnown() {
            return !model.equals(UNKNOWN_MODEL);
        }

        Embedding withModel(String other) {
            return with(other, apiKey, apiKeyFile, timeout);
        }

        private Embedding with(String otherModel, String otherKey, String otherKeyFile,
                Duration otherTimeout) {
            return new Embedding(provider, baseUrl, otherModel, modelFolder, otherKey,
                    otherKeyFile, dimensions, batchSize, maxConcurrent, otherTimeout, queryPrefix,
                    documentPrefix, maxText, cacheSize);
        }

        /// Without the key.
        @Override
        public String toString() {
            return "Embedding[%s, %s, %s, %d]".formatted(provider,
                    provider == Provider.ONNX ? modelFolder : baseUrl, model, dimensions);
        }
    }

    /// How much of the past is kept.
    ///
    /// @param keep
    ///            how long finished executions can be listed, 1 h to 3,650 d
    /// @param recordNoOpRuns
    ///            whether a run that found nothing to do is recorded too
    /// @param tombstones
    ///            how long the row of a deleted file is kept, 1 h to 3,650 d
    public record History(@DefaultValue("30d") Duration keep,
            @DefaultValue("false") boolean recordNoOpRuns,
            @DefaultValue("30d") Duration tombstones) {

        public History {
            Range ages = Range.of(Duration.ofHours(1).toMillis(),
                    Duration.ofDays(3650).toMillis());
            ages.check("cascade.history.keep", keep.toMillis());
            ages.check("cascade.history.tombstones", tombstones.toMillis());
        }
    }

    /// Copies of the state database.
    ///
    /// @param keep
    ///            how many are kept of one root, 1 to 1,000
    /// @param folder
    ///            where they are put, best on another disk; empty for `.cascade/backups`
    public record Backup(@DefaultValue("7") int keep, @DefaultValue("") String folder) {

        public Backup {
            Range.of(1, 1000).check("cascade.backup.keep", keep);
            try {
                var _ = Path.of(folder);
            } catch (InvalidPathException _) {
                throw new IllegalArgumentException("cascade.backup.folder is no path of a folder");
            }
        }
    }

    private record Range(long low, long high) {

        static Range of(long low, long high) {
            return new Range(low, high);
        }

        void check(String key, long value) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(
                        "%s is %d, outside of %d to %d".formatted(key, value, low, high));
            }
        }
    }
}
