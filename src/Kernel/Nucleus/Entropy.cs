using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Random bytes: ChaCha20 (RFC 8439 §2.3) as a generator whose key is replaced after each request (fast key erasure). Seeded from RDRAND where there
/// is one, the clocks, and the jitter of interrupt arrival times, which every interrupt adds. Any context with interrupts off.
/// </summary>
internal static unsafe class Entropy
{
    private const int KeyWords = 8;
    private const int BlockWords = 16;
    private const int BlockBytes = 64;
    private const int JitterRounds = 64;

    private static State s_state;
    private static bool s_hasRdrand;

    public static void Initialize()
    {
        CpuIdResult features;
        Cpu.Id(1, 0, &features);
        s_hasRdrand = (features.Ecx >> 30 & 1) != 0;
        for (int i = 0; i < JitterRounds; i++)
        {
            ulong value = 0;
            if (s_hasRdrand)
            {
                Cpu.ReadRandom(&value);
            }

            Add(value ^ Cpu.ReadTsc());
        }

        Add((ulong)RealTimeClock.Now());
    }

    /// <summary>Stirs an unpredictable value into the key.</summary>
    public static void Add(ulong value)
    {
        uint position = s_state.Position++ % (KeyWords / 2) * 2;
        s_state.Key[position] = BitOperations.RotateLeft(s_state.Key[position], 13) ^ (uint)value;
        s_state.Key[position + 1] = BitOperations.RotateLeft(s_state.Key[position + 1], 7) + (uint)(value >> 32);
    }

    /// <summary>Fills memory with random bytes.</summary>
    public static void Fill(byte* destination, ulong length)
    {
        uint* block = stackalloc uint[BlockWords];
        uint counter = 0;
        ulong value = 0;
        if (s_hasRdrand)
        {
            Cpu.ReadRandom(&value);
        }

        Add(value ^ Cpu.ReadTsc());
        for (ulong done = 0; done < length; done += BlockBytes)
        {
            Block(counter++, block);
            ulong part = length - done < BlockBytes ? length - done : BlockBytes;
            Cpu.Copy(destination + done, block, part);
        }

        Block(counter, block);
        for (int i = 0; i < KeyWords; i++)
        {
            s_state.Key[i] = block[i];
        }
    }

    private static void Block(uint counter, uint* output)
    {
        uint* state = stackalloc uint[BlockWords];
        state[0] = 0x61707865;
        state[1] = 0x3320646E;
        state[2] = 0x79622D32;
        state[3] = 0x6B206574;
        for (int i = 0; i < KeyWords; i++)
        {
            state[4 + i] = s_state.Key[i];
        }

        state[12] = counter;
        state[13] = s_state.Position;
        state[14] = 0;
        state[15] = 0;
        for (int i = 0; i < BlockWords; i++)
        {
            output[i] = state[i];
        }

        for (int round = 0; round < 10; round++)
        {
            QuarterRound(output, 0, 4, 8, 12);
            QuarterRound(output, 1, 5, 9, 13);
            QuarterRound(output, 2, 6, 10, 14);
            QuarterRound(output, 3, 7, 11, 15);
            QuarterRound(output, 0, 5, 10, 15);
            QuarterRound(output, 1, 6, 11, 12);
            QuarterRound(output, 2, 7, 8, 13);
            QuarterRound(output, 3, 4, 9, 14);
        }

        for (int i = 0; i < BlockWords; i++)
        {
            output[i] += state[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(uint* s, int a, int b, int c, int d)
    {
        s[a] += s[b];
        s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 16);
        s[c] += s[d];
        s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 12);
        s[a] += s[b];
        s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 8);
        s[c] += s[d];
        s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 7);
    }

    private struct State
    {
        public fixed uint Key[KeyWords];
        public uint Position;
    }
}
