package ru.vestnik.bench.tuned;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/** One block cache and one bound of write buffers for all stores, with Bloom filters. */
public final class SharedRocksDb implements RocksDBConfigSetter {
  private static final long CACHE_BYTES = 512L * 1024 * 1024;
  private static final long WRITE_BUFFERS_BYTES = 256L * 1024 * 1024;
  private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final double BLOOM_BITS_PER_KEY = 10;

  private static final Cache CACHE = new LRUCache(CACHE_BYTES);
  private static final WriteBufferManager WRITE_BUFFERS =
      new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);
  private static final BloomFilter FILTER = new BloomFilter(BLOOM_BITS_PER_KEY);

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setBlockSize(BLOCK_BYTES);
    table.setFilterPolicy(FILTER);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(WRITE_BUFFERS);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
    options.setMaxWriteBufferNumber(3);
    options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    options.setIncreaseParallelism(2);
  }

  @Override
  public void close(String store, Options options) {
    // The cache and the buffers belong to all stores and live as long as the process.
  }
}
