namespace KernelSockets.Simulation.Disk;

/// <summary>A disk in memory that remembers every sector written and every flush, so that a test can cut the power anywhere.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RecordingDisk : BlockDevice
{
    private readonly byte[] _content;
    private readonly byte[] _start;
    private readonly List<SectorWrite> _writes = [];
    private readonly List<int> _flushes = [];

    /// <summary>A disk.</summary>
    /// <param name="content">What it holds when the recording begins; copied.</param>
    public RecordingDisk(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        _content = (byte[])content.Clone();
        _start = (byte[])content.Clone();
    }

    /// <inheritdoc/>
    public override string Name => "recording";

    /// <inheritdoc/>
    public override long SectorCount => _content.Length / SectorSize;

    /// <summary>Sectors written so far.</summary>
    public int Writes => _writes.Count;

    /// <summary>Where in the order of writes a flush was: after so many.</summary>
    public IReadOnlyList<int> Flushes => _flushes;

    /// <inheritdoc/>
    public override Errno Read(long sector, Span<byte> destination)
    {
        if (!IsInside(sector, destination.Length))
        {
            return Errno.EINVAL;
        }

        _content.AsSpan((int)sector * SectorSize, destination.Length).CopyTo(destination);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        if (!IsInside(sector, source.Length))
        {
            return Errno.EINVAL;
        }

        source.CopyTo(_content.AsSpan((int)sector * SectorSize));
        for (int at = 0; at < source.Length; at += SectorSize)
        {
            _writes.Add(new SectorWrite(sector + (at / SectorSize), source.Slice(at, SectorSize).ToArray()));
        }

        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Flush()
    {
        _flushes.Add(_writes.Count);
        return Errno.Success;
    }

    /// <summary>What every cut leaves, one after the other: first nothing written, then one sector more each time. The array is the same each time.</summary>
    public IEnumerable<(int Writes, byte[] Content)> Cuts()
    {
        byte[] content = (byte[])_start.Clone();
        yield return (0, content);
        for (int i = 0; i < _writes.Count; i++)
        {
            _writes[i].ApplyTo(content);
            yield return (i + 1, content);
        }
    }

    /// <summary>What a cut may leave of a disk with a write cache: all that was flushed, and any of the sectors written since.</summary>
    /// <param name="random">Decides which.</param>
    /// <param name="tries">Outcomes for each flush.</param>
    /// <returns>The writes that were flushed, those that may be there, and the content, an array of its own.</returns>
    public IEnumerable<(int Flushed, int Writes, byte[] Content)> Disorders(Random random, int tries)
    {
        ArgumentNullException.ThrowIfNull(random);
        byte[] content = (byte[])_start.Clone();
        int done = 0;
        foreach (int flush in _flushes.Append(_writes.Count))
        {
            for (int i = 0; i < tries && flush > done; i++)
            {
                byte[] outcome = (byte[])content.Clone();
                int share = random.Next(1, 8);
                for (int write = done; write < flush; write++)
                {
                    if (random.Next(8) < share)
                    {
                        _writes[write].ApplyTo(outcome);
                    }
                }

                yield return (done, flush, outcome);
            }

            for (; done < flush; done++)
            {
                _writes[done].ApplyTo(content);
            }
        }
    }

    private bool IsInside(long sector, int length) => sector >= 0 && length % SectorSize == 0 && (sector * SectorSize) + length <= _content.Length;

    private readonly record struct SectorWrite(long Sector, byte[] Data)
    {
        public void ApplyTo(byte[] content) => Data.CopyTo(content, (int)Sector * SectorSize);
    }
}
