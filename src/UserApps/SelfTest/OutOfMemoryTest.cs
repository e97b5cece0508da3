namespace KernelSockets.UserApps.SelfTest;

/// <summary>The heap's hard limit is reached and survived: an exception, then everything works again.</summary>
/// <remarks>Takes the memory in pieces that leave room for what other tasks need meanwhile, and gives it back as soon as one is
/// refused.</remarks>
internal sealed class OutOfMemoryTest : RuntimeTest
{
    private const int PieceSize = 512 * 1024;

    /// <inheritdoc/>
    public override string Name => "out-of-memory";

    /// <inheritdoc/>
    public override string Summary => "OutOfMemoryException at the heap limit, survived";

    /// <inheritdoc/>
    public override string? ReasonToSkip(ISystem system) =>
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > system.Memory().Total ? "the heap is not limited here" : null;

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        long limit = system.Memory().HeapLimit;
        int pieces = Fill(limit);
        Expect.True(pieces >= 0, $"{limit / PieceSize} pieces fitted below the limit of {limit} bytes, and more");
        GC.Collect();
        int all = (int)Math.Min(limit, Array.MaxLength);
        Expect.Throws<OutOfMemoryException>(() => GC.KeepAlive(new byte[all]), "an array as large as the heap");
        GC.KeepAlive(new byte[PieceSize]);
        return $"{ByteSize.Long((long)pieces * PieceSize)} of {ByteSize.Long(limit)} before it was refused";
    }

    /// <summary>Takes memory until it is refused.</summary>
    /// <returns>Pieces got; -1 when more than the limit was given.</returns>
    private static int Fill(long limit)
    {
        byte[]?[] held = new byte[(int)(limit / PieceSize) + 1][];
        int count = 0;
        try
        {
            for (; count < held.Length; count++)
            {
                held[count] = new byte[PieceSize];
            }

            return -1;
        }
        catch (OutOfMemoryException)
        {
            Array.Clear(held);
            return count;
        }
    }
}
