using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>The C library's memcpy, memmove and memset, on which the runtime and its collector rest, beside loops over bytes.</summary>
internal sealed class MemoryTest : RuntimeTest
{
    private const int Size = 1024;
    private const int ShortLengths = 100;
    private const int Alignments = 16;
    private const int Rounds = 5000;
    private const int Near = 40;

    private readonly Random _random = new(1);
    private readonly byte[] _memory = new byte[Size];
    private readonly byte[] _expected = new byte[Size];

    /// <inheritdoc/>
    public override string Name => "memory";

    /// <inheritdoc/>
    public override string Summary => "memcpy, memmove and memset at all alignments, overlapping or not";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        _random.NextBytes(_memory);
        _memory.CopyTo(_expected, 0);
        for (int length = 0; length <= ShortLengths; length++)
        {
            for (int place = 0; place < Alignments; place++)
            {
                Check(place, Size / 2 + place / 2, length, isApart: true);
            }
        }

        for (int round = 0; round < Rounds; round++)
        {
            int length = _random.Next(Size / 2);
            int last = Size - length - 1;
            int from = _random.Next(last);
            Check(Math.Clamp(from + _random.Next(-Near, Near), 0, last), from, length, isApart: false);
        }

        return string.Empty;
    }

    [DllImport("libc", EntryPoint = "memcpy")]
    private static extern nint Copy(ref byte to, ref byte from, nuint count);

    [DllImport("libc", EntryPoint = "memmove")]
    private static extern nint Move(ref byte to, ref byte from, nuint count);

    [DllImport("libc", EntryPoint = "memset")]
    private static extern nint Fill(ref byte to, int value, nuint count);

    private void Check(int to, int from, int length, bool isApart)
    {
        byte[] source = _expected[from..(from + length)];
        for (int i = 0; i < length; i++)
        {
            _expected[to + i] = source[i];
        }

        _ = isApart ? Copy(ref _memory[to], ref _memory[from], (nuint)length) : Move(ref _memory[to], ref _memory[from], (nuint)length);
        Expect.True(_memory.AsSpan().SequenceEqual(_expected), $"{length} bytes moved from {from} to {to}");

        int value = _random.Next();
        int filled = Math.Min(length, _random.Next(Size / 4));
        for (int i = 0; i < filled; i++)
        {
            _expected[from + i] = (byte)value;
        }

        Fill(ref _memory[from], value, (nuint)filled);
        Expect.True(_memory.AsSpan().SequenceEqual(_expected), $"{filled} bytes set at {from}");
    }
}
