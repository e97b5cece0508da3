namespace KernelSockets.Vfs.Minix;

/// <summary>Neighbouring blocks of a file that lie in neighbouring zones.</summary>
/// <param name="Block">The first block of the file.</param>
/// <param name="Zone">Its zone; 0 when the blocks are holes.</param>
/// <param name="Count">How many.</param>
internal readonly record struct ZoneRun(long Block, uint Zone, long Count)
{
    /// <summary>True when a block is among them.</summary>
    public bool Holds(long block) => block >= Block && block < Block + Count;

    /// <summary>What is left from a block on.</summary>
    public ZoneRun From(long block) => new(block, Zone == 0 ? 0 : Zone + (uint)(block - Block), Count - (block - Block));
}
