package tsx

// Field is the role that a node has in its parent. FieldNone means that it has none.
type Field uint8

// The fields of the grammar.
const (
	FieldNone           Field = iota
	FieldAlias                // alias
	FieldAlternative          // alternative
	FieldArgument             // argument
	FieldArguments            // arguments
	FieldAttribute            // attribute
	FieldBody                 // body
	FieldCloseTag             // close_tag
	FieldCondition            // condition
	FieldConsequence          // consequence
	FieldConstraint           // constraint
	FieldConstructor          // constructor
	FieldDeclaration          // declaration
	FieldDecorator            // decorator
	FieldFinalizer            // finalizer
	FieldFlags                // flags
	FieldFunction             // function
	FieldHandler              // handler
	FieldIncrement            // increment
	FieldIndex                // index
	FieldIndexType            // index_type
	FieldInitializer          // initializer
	FieldKey                  // key
	FieldKind                 // kind
	FieldLabel                // label
	FieldLeft                 // left
	FieldModule               // module
	FieldName                 // name
	FieldObject               // object
	FieldOpenTag              // open_tag
	FieldOperator             // operator
	FieldOptionalChain        // optional_chain
	FieldParameter            // parameter
	FieldParameters           // parameters
	FieldPattern              // pattern
	FieldProperty             // property
	FieldReturnType           // return_type
	FieldRight                // right
	FieldSign                 // sign
	FieldSource               // source
	FieldType                 // type
	FieldTypeArguments        // type_arguments
	FieldTypeParameters       // type_parameters
	FieldValue                // value
)

var fieldNames = [...]string{
	FieldNone:           "",
	FieldAlias:          "alias",
	FieldAlternative:    "alternative",
	FieldArgument:       "argument",
	FieldArguments:      "arguments",
	FieldAttribute:      "attribute",
	FieldBody:           "body",
	FieldCloseTag:       "close_tag",
	FieldCondition:      "condition",
	FieldConsequence:    "consequence",
	FieldConstraint:     "constraint",
	FieldConstructor:    "constructor",
	FieldDeclaration:    "declaration",
	FieldDecorator:      "decorator",
	FieldFinalizer:      "finalizer",
	FieldFlags:          "flags",
	FieldFunction:       "function",
	FieldHandler:        "handler",
	FieldIncrement:      "increment",
	FieldIndex:          "index",
	FieldIndexType:      "index_type",
	FieldInitializer:    "initializer",
	FieldKey:            "key",
	FieldKind:           "kind",
	FieldLabel:          "label",
	FieldLeft:           "left",
	FieldModule:         "module",
	FieldName:           "name",
	FieldObject:         "object",
	FieldOpenTag:        "open_tag",
	FieldOperator:       "operator",
	FieldOptionalChain:  "optional_chain",
	FieldParameter:      "parameter",
	FieldParameters:     "parameters",
	FieldPattern:        "pattern",
	FieldProperty:       "property",
	FieldReturnType:     "return_type",
	FieldRight:          "right",
	FieldSign:           "sign",
	FieldSource:         "source",
	FieldType:           "type",
	FieldTypeArguments:  "type_arguments",
	FieldTypeParameters: "type_parameters",
	FieldValue:          "value",
}

// String is the field's name in the grammar: "name", "type_parameters".
func (f Field) String() string {
	if int(f) < len(fieldNames) {
		return fieldNames[f]
	}
	return ""
}

// FieldNamed is the field with a name of the grammar.
func FieldNamed(name string) (Field, bool) {
	for f, n := range fieldNames {
		if n == name && f != 0 {
			return Field(f), true
		}
	}
	return FieldNone, false
}
