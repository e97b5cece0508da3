namespace KernelSockets.UserApps.Text.Matching;

/// <summary>A part of a regular expression, as it was parsed.</summary>
internal abstract record RegexNode
{
    /// <summary>True where it can match nothing at all, or may, as far as is known here.</summary>
    public abstract bool MayBeEmpty { get; }

    /// <summary>One byte of a set.</summary>
    internal sealed record OneOf(ByteSet Set) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => false;
    }

    /// <summary>One part after the other; none matches nothing.</summary>
    internal sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => Parts.All(static part => part.MayBeEmpty);
    }

    /// <summary>Any of some parts.</summary>
    internal sealed record Alternatives(IReadOnlyList<RegexNode> Choices) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => Choices.Any(static choice => choice.MayBeEmpty);
    }

    /// <summary>A part again and again.</summary>
    /// <param name="Body">What is repeated.</param>
    /// <param name="Least">How often at least.</param>
    /// <param name="Most">How often at most; null for no limit.</param>
    internal sealed record Repeat(RegexNode Body, int Least, int? Most) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => Least == 0 || Body.MayBeEmpty;
    }

    /// <summary>A part in parentheses.</summary>
    /// <param name="Body">What is inside.</param>
    /// <param name="Number">From 1.</param>
    internal sealed record Group(RegexNode Body, int Number) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => Body.MayBeEmpty;
    }

    /// <summary>What a group has matched.</summary>
    internal sealed record BackReference(int Number) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => true;
    }

    /// <summary>A place, of which something must be true.</summary>
    internal sealed record Place(RegexAssertion Assertion) : RegexNode
    {
        /// <inheritdoc/>
        public override bool MayBeEmpty => true;
    }
}
